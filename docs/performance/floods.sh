#!/usr/bin/env bash
# Measures what floods do to live traffic and to the server, for docs/performance/hostile.md: server, load tool and flood
# in processes of their own, on loopback. Run it from the root of a checkout, after `mvn -q -DskipTests package`. Needs
# Linux (all of 127.0.0.0/8 is this machine) and a JDK (java, jcmd), and nothing else.
#
#   docs/performance/floods.sh [half-open|silent|logins|over-rate|garbage-udp|garbage-tcp ...]   all when none is named
#
# ROUNDS (3), SECONDS_EACH (10), PAIRS (20), LIVE_RATE (1000) and LIVE (tcp udp) may be set in the environment. Each round
# measures live pairs quiet and then under the flood, each transport in turn, so that a machine whose speed drifts treats
# all alike; the medians of the rounds are printed at the end. The server has its default limits but for the rate of the
# pairs, which stays below them; the flood comes from other addresses than the pairs, as floods do.
set -euo pipefail
jar=im-examples/target/hongyan.jar
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-10}
pairs=${PAIRS:-20}
rate=${LIVE_RATE:-1000}
read -ra live <<<"${LIVE:-tcp udp}"
lead=2 # the flood is under way before the measuring starts
work=$(mktemp -d)
server=
flood=
load=
trap 'stop_load; stop_flood; stop_server; rm -rf "$work"' EXIT
[[ -f $jar ]] || { echo "no $jar: run mvn -q -DskipTests package first" >&2; exit 2; }

pause() { read -rt "$1" <> <(:) || true; }

start_server() {
    rm -f "$work/ready"
    java -Xmx512m -jar "$jar" server --host 127.0.0.1 --tcp 0 --udp 0 --token secret \
        >"$work/ready" 2>"$work/server.log" &
    server=$!
    for ((i = 0; i < 300; i++)); do
        grep -qs READY "$work/ready" && break
        kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
        pause 0.1
    done
    tcp=$(sed -n 's/.*"tcp":\([0-9]*\).*/\1/p' "$work/ready")
    udp=$(sed -n 's/.*"udp":\([0-9]*\).*/\1/p' "$work/ready")
}

stop_server() {
    [[ -n $server ]] || return 0
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}

stop_load() {
    [[ -n $load ]] || return 0
    kill "$load" 2>/dev/null || true
    wait "$load" 2>/dev/null || true
    load=
}

stop_flood() {
    [[ -n $flood ]] || return 0
    kill "$flood" 2>/dev/null || true
    wait "$flood" 2>/dev/null || true
    flood=
}

url() { [[ $1 == tcp ]] && echo "tcp://127.0.0.1:$tcp" || echo "udp://127.0.0.1:$udp"; }

field() { sed -n "s/^[A-Z]* .*\"$1\":\([^,}]*\).*/\1/p" "$2"; }

median() { sort -n | awk -v OFMT=%.12g '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

live_heap() { # bytes of the server's heap that are reachable, after a full collection
    jcmd "$server" GC.class_histogram | awk '/^Total/ { print $3 }'
}

sockets() { find "/proc/$server/fd" -lname 'socket:*' 2>/dev/null | wc -l; }

flood_options() { # KIND: the flood of the issue, and where it goes
    case $1 in
        half-open) echo "--server $(url udp) --kind half-open --rate 10000 --count 100000 --ports 256 --from 127.0.0.2" ;;
        silent) echo "--server $(url tcp) --kind silent --rate 2000 --count 10000 --from $(seq -s, -f 127.0.0.%g 2 13)" ;;
        logins) echo "--server $(url tcp) --kind logins --rate 1000 --from 127.0.0.2" ;;
        over-rate) echo "--server $(url tcp) --kind over-rate --rate 5000 --token secret --from 127.0.0.2" ;;
        garbage-udp) echo "--server $(url udp) --kind garbage --rate 10000 --from 127.0.0.2" ;;
        garbage-tcp) echo "--server $(url tcp) --kind garbage --rate 1000 --from 127.0.0.2" ;;
    esac
}

measure() { # NAME TRANSPORT [FLOOD]: one measurement of live pairs, its RESULT kept and shown; they log in before the flood
    : >"$work/load.log"
    java -jar "$jar" load --server "$(url "$2")" --token secret --server-pid "$server" --pairs "$pairs" --size 100 \
        --rate "$rate" --seconds "$seconds" --warmup "$((lead + 1))" >"$work/out" 2>"$work/load.log" &
    load=$!
    until grep -q 'logged in' "$work/load.log"; do
        kill -0 "$load" 2>/dev/null || break
        pause 0.1
    done
    [[ $# -lt 3 ]] || start_flood "$3"
    wait "$load" || { echo "$1 $2: not clean:" >&2; cat "$work/load.log" "$work/out" >&2; }
    load=
    cat "$work/out" >>"$work/$1-$2"
    echo "$1 $2 $(tail -n 1 "$work/out")"
}

start_flood() { # KIND
    # shellcheck disable=SC2046 # options are words
    java -Xmx256m -jar "$jar" flood $(flood_options "$1") --seconds "$((seconds + lead + 4))" \
        >"$work/flood" 2>"$work/flood.log" &
    flood=$!
}

end_flood() { # KIND
    wait "$flood" || { cat "$work/flood.log" >&2; exit 1; }
    flood=
    cat "$work/flood" >>"$work/flood-$1"
    echo "$1 $(tail -n 1 "$work/flood")"
}

under() { # KIND
    local kind=$1 before after transport deadline
    start_server
    # What is loaded and allocated once is no state that a flood leaves.
    for transport in "${live[@]}"; do measure "$kind-warm" "$transport" >/dev/null; done
    start_flood "$kind"; end_flood "$kind" >/dev/null; : >"$work/flood-$kind"
    pause 12 # longer than a stranger's time to log in, and than a cookie lives
    before=$(live_heap)
    local sockets_before
    sockets_before=$(sockets)
    for ((round = 1; round <= rounds; round++)); do
        for transport in "${live[@]}"; do
            measure "$kind-quiet" "$transport"
            measure "$kind-flooded" "$transport" "$kind"
            end_flood "$kind"
            pause 2
        done
    done
    deadline=$((SECONDS + 30))
    until [[ $(sockets) -le $sockets_before || $SECONDS -ge $deadline ]]; do pause 1; done
    pause 12
    after=$(live_heap)
    echo "STATE $kind heap_before=$before heap_after=$after sockets_before=$sockets_before sockets_after=$(sockets)"
    for transport in "${live[@]}"; do
        local quiet flooded
        quiet=$(field p99_ms "$work/$kind-quiet-$transport" | median)
        flooded=$(field p99_ms "$work/$kind-flooded-$transport" | median)
        echo "MEDIAN $kind $transport quiet_p50_ms=$(field p50_ms "$work/$kind-quiet-$transport" | median)" \
            "flooded_p50_ms=$(field p50_ms "$work/$kind-flooded-$transport" | median)" \
            "quiet_p99_ms=$quiet flooded_p99_ms=$flooded" \
            "ratio=$(awk -v q="$quiet" -v f="$flooded" 'BEGIN { printf "%.2f", (q > 0 ? f / q : 0) }')" \
            "lost=$(field lost "$work/$kind-flooded-$transport" | median)" \
            "quiet_cpu=$(field server_cpu_share "$work/$kind-quiet-$transport" | median)" \
            "flooded_cpu=$(field server_cpu_share "$work/$kind-flooded-$transport" | median)"
    done
    echo "MEDIAN $kind flood sent=$(field sent "$work/flood-$kind" | median)" \
        "held_back=$(field held_back "$work/flood-$kind" | median)" \
        "bytes_out=$(field bytes_out "$work/flood-$kind" | median)" \
        "bytes_in=$(field bytes_in "$work/flood-$kind" | median)" \
        "datagrams_in=$(field datagrams_in "$work/flood-$kind" | median)" \
        "closed_by_server=$(field closed_by_server "$work/flood-$kind" | median)"
    stop_server
}

[[ $# -gt 0 ]] || set -- half-open silent logins over-rate garbage-udp garbage-tcp
for kind in "$@"; do
    [[ -n $(server=0 tcp=0 udp=0 flood_options "$kind") ]] \
        || { echo "no flood $kind: half-open, silent, logins, over-rate, garbage-udp, garbage-tcp" >&2; exit 2; }
done
for kind in "$@"; do under "$kind"; done
