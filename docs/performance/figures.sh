#!/usr/bin/env bash
# Measures the figures of docs/performance/README.md: server and load tool in processes of their own, on loopback.
# Run it from the root of a checkout, after `mvn -q -DskipTests package`. Needs a JDK (java, jcmd) and nothing else.
#
#   docs/performance/figures.sh [throughput|latency|idle|relay ...]     all of them when none is named
#
# ROUNDS (5), SECONDS_EACH (10), RELAY_SECONDS (30) and IDLE_SESSIONS (8000) may be set in the environment. Each round
# runs TCP and UDP in turn, so that a machine whose speed drifts treats both alike; the medians of the rounds are printed
# at the end.
set -euo pipefail
jar=im-examples/target/hongyan.jar
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-10}
idle=${IDLE_SESSIONS:-8000}
relay_seconds=${RELAY_SECONDS:-30}
work=$(mktemp -d)
server=
helper= # a relay or a load tool in the background
trap 'stop_helper; stop_server; rm -rf "$work"' EXIT
[[ -f $jar ]] || { echo "no $jar: run mvn -q -DskipTests package first" >&2; exit 2; }

start_server() {
    rm -f "$work/ready"
    java "$@" -jar "$jar" server --tcp 0 --udp 0 --no-rate-limits >"$work/ready" 2>"$work/server.log" &
    server=$!
    for ((i = 0; i < 300; i++)); do
        grep -qs READY "$work/ready" && break
        kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
        read -rt 0.1 <> <(:) || true
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

stop_helper() {
    [[ -n $helper ]] || return 0
    kill "$helper" 2>/dev/null || true
    wait "$helper" 2>/dev/null || true
    helper=
}

url() { [[ $1 == tcp ]] && echo "tcp://127.0.0.1:$tcp" || echo "udp://127.0.0.1:$udp"; }

field() { sed -n "s/^RESULT .*\"$1\":\([^,}]*\).*/\1/p" "$2"; }

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

measure() { # NAME FIELDS... -- TRANSPORT load options: one round, its RESULT kept and shown
    local name=$1 transport=$2
    shift 2
    java -jar "$jar" load --server "$(url "$transport")" --server-pid "$server" --seconds "$seconds" "$@" \
        >"$work/out" 2>"$work/load.log" || { echo "load failed:" >&2; cat "$work/load.log" "$work/out" >&2; exit 1; }
    cat "$work/out" >>"$work/$name-$transport"
    echo "$name $transport $(tail -n 1 "$work/out")"
}

summary() { # NAME FIELD...
    local name=$1 transport key
    shift
    for transport in tcp udp; do
        printf 'MEDIAN %s %s' "$name" "$transport"
        for key in "$@"; do
            printf ' %s=%s' "$key" "$(field "$key" "$work/$name-$transport" | median)"
        done
        printf '\n'
    done
}

throughput() {
    start_server
    for ((round = 1; round <= rounds; round++)); do
        for transport in tcp udp; do
            measure throughput "$transport" --pairs 50 --size 100 --window 32 --mode reliable --await delivered
        done
    done
    stop_server
    summary throughput msgs_per_s server_cpu_us_per_msg server_cpu_share p50_ms p99_ms lost duplicated out_of_order
}

latency() {
    start_server
    for ((round = 1; round <= rounds; round++)); do
        for transport in tcp udp; do
            measure latency "$transport" --pairs 50 --size 100 --rate 2000 --mode reliable --await delivered
        done
    done
    stop_server
    summary latency p50_ms p99_ms p999_ms receipt_p50_ms server_cpu_us_per_msg lost duplicated out_of_order
}

live_heap() { # bytes of the server's heap that are reachable
    jcmd "$server" GC.class_histogram | awk '/^Total/ { print $3 }'
}

idle() {
    for transport in tcp udp; do
        start_server -Xmx1g
        local before after
        # A first few sessions load every class and start every thread, so that the difference is sessions only.
        java -jar "$jar" load --idle 50 --server "$(url "$transport")" --seconds 1 >"$work/out" 2>"$work/load.log"
        before=$(live_heap)
        rm "$work/out" # its IDLE line must not be taken for the next one's
        java -jar "$jar" load --idle "$idle" --server "$(url "$transport")" --seconds 25 >"$work/out" 2>"$work/load.log" &
        helper=$!
        until grep -q IDLE "$work/out" 2>/dev/null; do
            kill -0 "$helper" 2>/dev/null || { cat "$work/load.log" >&2; exit 1; }
            read -rt 0.2 <> <(:) || true
        done
        read -rt 12 <> <(:) || true # long enough for what a busy session borrows to be given back
        after=$(live_heap)
        echo "idle $transport sessions=$idle heap_bytes_per_session=$(((after - before) / idle))"
        wait "$helper" || { cat "$work/load.log" >&2; exit 1; }
        helper=
        stop_server
    done
}

relay() { # one sender behind a link of 25 ms each way that loses a tenth of the datagrams; then both ends behind it
    start_server
    for seed in 1 2 3; do
        rm -f "$work/relay" # its READY line names a port that is gone
        java -jar "$jar" relay --to "udp://127.0.0.1:$udp" --delay 25 --loss 10 --seed "$seed" >"$work/relay" &
        helper=$!
        until grep -qs READY "$work/relay"; do
            kill -0 "$helper" 2>/dev/null || exit 1
            read -rt 0.1 <> <(:) || true
        done
        local bad
        bad=udp://127.0.0.1:$(sed -n 's/.*"udp":\([0-9]*\).*/\1/p' "$work/relay")
        for receivers in "udp://127.0.0.1:$udp" "$bad"; do
            java -jar "$jar" load --server "$bad" --receivers "$receivers" --pairs 1 --size 200 --rate 50 \
                --seconds "$relay_seconds" >"$work/out" 2>"$work/load.log" || { cat "$work/load.log" "$work/out" >&2; exit 1; }
            local legs=one-link
            [[ $receivers == "$bad" ]] && legs=both-ends
            cat "$work/out" >>"$work/relay-$legs"
            echo "relay $legs seed=$seed $(tail -n 1 "$work/out")"
        done
        stop_helper
        grep RELAY "$work/relay"
    done
    stop_server
    for legs in one-link both-ends; do
        printf 'MEDIAN relay %s' "$legs"
        for key in p50_ms p99_ms max_ms lost duplicated out_of_order; do
            printf ' %s=%s' "$key" "$(field "$key" "$work/relay-$legs" | median)"
        done
        printf '\n'
    done
}

[[ $# -gt 0 ]] || set -- throughput latency relay idle
for part in "$@"; do
    case $part in
        throughput | latency | relay | idle) ;;
        *) echo "no part $part: throughput, latency, idle, relay" >&2; exit 2 ;;
    esac
done
for part in "$@"; do "$part"; done
