# SPDX-License-Identifier: BSD-3-Clause
# Completion of vmmalloc(1) for fish.
function __vmmalloc_backends
    vmmalloc backends 2>/dev/null | awk 'NR > 1 { print $1 }'
end

set -l commands run backends compare doctor help
set -l no_command "not __fish_seen_subcommand_from $commands"
set -l in_pool '__fish_seen_subcommand_from run backends compare doctor'

complete -c vmmalloc -f
complete -c vmmalloc -n $no_command -a run -d 'Run a program in a pool'
complete -c vmmalloc -n $no_command -a backends -d 'List the heap backends'
complete -c vmmalloc -n $no_command -a compare -d 'Measure a program with each backend'
complete -c vmmalloc -n $no_command -a doctor -d 'Find out whether a set-up works'
complete -c vmmalloc -n $no_command -a help -d 'Explain a command or a topic'
complete -c vmmalloc -s h -l help -d 'Explain the command'
complete -c vmmalloc -n $no_command -s V -l version -d 'Print the version'

complete -c vmmalloc -n $in_pool -s d -l pool-dir -x -a '(__fish_complete_directories)' -d 'Directory of the pool'
complete -c vmmalloc -n $in_pool -s s -l pool-size -x -d 'Size of the pool (K, M, G, T)'

complete -c vmmalloc -n '__fish_seen_subcommand_from run' -s b -l backend -x -a '(__vmmalloc_backends)' -d 'Heap backend'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -s c -l core -d 'Core files hold the heap'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -s n -l dry-run -d 'Print the environment'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l tiers -x -d 'Places for the pool, the nearest first'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l placement -x -a 'overflow ratio threshold=' -d 'How several places are used'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l pool-policy -x -a 'local node: prefer: interleave: weighted:' -d 'Memory nodes of a pool on tmpfs'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l limit -x -a 'cgroup' -d 'Most that the heap may take up'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l fork -x -a '0 1 2 3' -d 'How the heap is divided at a fork'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l fork-return -d 'Go back to a file after a fork'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l backend-path -x -a '(__fish_complete_directories)' -d 'Directories of backends'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l stats-file -r -F -d 'Write a report at exit'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l background -d 'Return memory while the program sleeps'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l prealloc -d 'Back all of the pool at the start'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l huge-pages -d 'Use huge pages (=0: do not)'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l log-level -x -a '0 1 2 3 4' -d 'Log level of the debug variant'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l log-file -r -F -d 'Log of the debug variant'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l log-stats -d 'Log a summary (debug variant)'
complete -c vmmalloc -n '__fish_seen_subcommand_from run' -l library -r -F -d 'Preload this library'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -s b -l backends -x -a '(__vmmalloc_backends)' -d Contenders
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -s w -l with -x -a '(__vmmalloc_backends)' -d 'A contender'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -s n -l runs -x -d 'Measured runs of each'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -s u -l until -x -d 'Add runs until intervals are narrow'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -s t -l max-time -x -d 'Begin no round after this time'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -l warmup -x -d 'Runs that are not measured'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -l setup -x -d 'Run a script before all runs'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -l prepare -x -d 'Run a script before each run'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -l cleanup -x -d 'Run a script after all runs'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -l pin -x -d 'Use these processors only'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -l drop-caches -d 'Empty caches before each run'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -s p -l plan -r -F -d 'Compare the workloads of a file'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -s j -l json -r -F -d 'Write all runs to a file'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -l csv -r -F -d 'Write all runs as comma-separated values'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -l markdown -r -F -d 'Write a table in Markdown'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -s r -l report -r -F -d 'Write a page of HTML'
complete -c vmmalloc -n '__fish_seen_subcommand_from compare' -s i -l ignore-output -d 'Compare exit statuses only'
complete -c vmmalloc -n '__fish_seen_subcommand_from doctor' -s b -l backend -x -a '(__vmmalloc_backends)' -d 'Heap backend'
complete -c vmmalloc -n '__fish_seen_subcommand_from doctor' -s p -l pid -x -a '(__fish_complete_pids)' -d 'Examine a running process'
complete -c vmmalloc -n '__fish_seen_subcommand_from doctor' -s j -l json -d 'Print JSON'
complete -c vmmalloc -n '__fish_seen_subcommand_from doctor' -s l -l list -d 'List all findings'
complete -c vmmalloc -n '__fish_seen_subcommand_from run compare doctor' -a '(__fish_complete_command)'
complete -c vmmalloc -n '__fish_seen_subcommand_from backends' -s c -l check -x -a '(__vmmalloc_backends)' -d 'Test one'
complete -c vmmalloc -n '__fish_seen_subcommand_from help' -a 'run backends compare doctor help environment fork tuning'
