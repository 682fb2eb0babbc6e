#!/usr/bin/env bash
# Fuzzes for a while: each target in a process of its own, several at a time, with the inputs committed beside the test
# and those that earlier runs left in target/fuzz. Run it from the root of a checkout.
#
#   docs/performance/fuzz.sh MINUTES [TARGET ...]      a target is a test class, such as FrameReaderFuzzTest; else all
#   docs/performance/fuzz.sh distil [TARGET ...]       adds to the committed inputs the KEEP (25) of those found, of at
#                                                      most 3 KiB each, that reach most code which those did not reach
#
# JOBS (2) are run at a time, each with a heap of HEAP (512m) and inputs of at most MAX_LEN (2048) bytes. What was found
# lies in target/fuzz/TARGET: `corpus`, the `log`, and for each failure a file `crash-...`. Copy that one to
# src/test/resources, to the directory <package>/<TARGET>Inputs/<method>, and the test replays it in every build. At the
# end one line a target is printed.
set -euo pipefail
[[ $# -ge 1 && $1 =~ ^([0-9]+|distil)$ ]] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }
what=$1
shift
jobs=${JOBS:-2}
heap=${HEAP:-512m}
work=$PWD/target/fuzz
build=$work/build.$$
trap 'rm -rf "$build"' EXIT
mkdir -p "$build"

mapfile -t all < <(grep -rl --include='*FuzzTest.java' '@FuzzTest' . | sort)
sources=()
for file in "${all[@]}"; do
    name=$(basename "$file" .java)
    [[ $# -eq 0 || " $* " == *" $name "* ]] && sources+=("${file#./}")
done
((${#sources[@]} > 0)) || { echo "no such target; there are: $(printf '%s\n' "${all[@]}" | xargs -n1 basename -s .java | xargs)" >&2; exit 2; }

modules=$(printf '%s\n' "${sources[@]%%/src/*}" | sort -u | paste -sd,)
mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath -pl "$modules" -am >&2

# A copy, so that the next build does not change what runs.
classpath_of() { # module
    local out=$build/$1 entry parts
    if [[ ! -d $out ]]; then
        mkdir -p "$out"
        IFS=: read -ra parts <<<"$1/target/test-classes:$1/target/classes:$(cat "$1/target/test.classpath")"
        for entry in "${parts[@]}"; do
            if [[ -d $entry ]]; then
                local copy=$out/${entry//\//_}
                cp -r "$entry" "$copy"
                entry=$copy
            fi
            printf '%s:' "$entry" >>"$out/classpath"
        done
    fi
    cat "$out/classpath"
}

# Sets what is known of the target of a source file.
target() {
    name=$(basename "$1" .java)
    module=${1%%/src/*}
    class=${1#*/src/test/java/}
    class=${class%.java}
    method=$(grep -A1 '@FuzzTest' "$1" | sed -n 's/.* void \([A-Za-z0-9]*\)(.*/\1/p')
    inputs=$PWD/$module/src/test/resources/${class}Inputs/$method
    mkdir -p "$work/$name/corpus" "$inputs"
}

jazzer() { # class path, arguments
    (cd "$work/$name" && exec java "-Xmx$heap" -XX:+UseSerialGC -XX:-UsePerfData -ea -XX:+EnableDynamicAgentLoading \
        -cp "$1" com.code_intelligence.jazzer.Jazzer --target_class="${class//\//.}" -rss_limit_mb=0 "${@:2}")
}

fuzz() { # source file, class path
    local name module class method inputs
    target "$1"
    jazzer "$2" -max_total_time=$((what * 60)) -timeout=30 -max_len="${MAX_LEN:-2048}" -len_control=0 -print_final_stats=1 \
        -artifact_prefix="$work/$name/" "$work/$name/corpus" "$inputs" >"$work/$name/log" 2>&1
}

distil() { # source file, class path
    local name module class method inputs old=$build/old found=$build/found control=$build/control
    target "$1"
    rm -rf "$old" "$found" "$control"
    cp -r "$inputs" "$old"
    mkdir "$found"
    find "$work/$name/corpus" -type f -size -3073c -exec cp -t "$found" {} +
    jazzer "$2" -merge=1 -use_counters=0 -merge_control_file="$control" "$old" "$found" >"$build/log" 2>&1 || { cat "$build/log" >&2; return 1; }
    # The files' names, those of the old ones first; then, for each, what it reached and none before it.
    awk 'NR == 1 { files = $1 } NR == 2 { old = $1 } NR > 2 && NR <= files + 2 { name[NR - 3] = $0 }
         $1 == "FT" && $2 >= old && NF > 2 { print NF - 2, name[$2] }' "$control" | sort -rn | head -n "${KEEP:-25}" |
        while read -r _ file; do
            # Seeds that the test itself makes are gone again, and not needed.
            [[ ! -f $file ]] || cp "$file" "$inputs/"
        done
    printf '%-32s inputs=%s\n' "$name" "$(find "$inputs" -type f | wc -l)"
}

report() { # target
    local log=$work/$1/log executed found time
    executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
    [[ -n $executed ]] || executed=$(sed -n 's/^#\([0-9]*\)\t.*/\1/p' "$log" | tail -1)
    time=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$log" | tail -1)
    found=$(find "$work/$1" -maxdepth 1 \( -name 'crash-*' -o -name 'timeout-*' -o -name 'oom-*' \) -newer "$build" | wc -l)
    printf '%-32s seconds=%s executions=%s %s corpus=%s findings=%s\n' "$1" "${time:-?}" "${executed:-?}" \
        "$(grep -ao 'cov: [0-9]* ft: [0-9]*' "$log" | tail -1 | sed 's/: /=/g')" "$(find "$work/$1/corpus" -type f | wc -l)" "$found"
}

for source in "${sources[@]}"; do
    classpath_of "${source%%/src/*}" >/dev/null
done
if [[ $what == distil ]]; then
    for source in "${sources[@]}"; do
        distil "$source" "$(classpath_of "${source%%/src/*}")"
    done
else
    for source in "${sources[@]}"; do
        while (($(jobs -rp | wc -l) >= jobs)); do wait -n || true; done
        fuzz "$source" "$(classpath_of "${source%%/src/*}")" &
    done
    wait
    for source in "${sources[@]}"; do
        report "$(basename "$source" .java)"
    done
fi
find . -path '*/src/test/resources/*Inputs*' -type d -empty -delete
