# SPDX-License-Identifier: BSD-3-Clause
# Completion of vmmalloc(1) for bash.
_vmmalloc()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} options i

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W \
			'backends compare ctl doctor help profile record replay run stat top trace --help --version' -- "$word")
		return
	fi
	# the program to run, and what follows it, are completed as a command
	for ((i = 2; i < COMP_CWORD; i++)); do
		case $command/${COMP_WORDS[i]} in
		*/--)
			((i++))
			;;
		compare/-[bdjlmnprstuw] | compare/--load | \
			compare/--ready | compare/--metric | compare/--csv | compare/--plan | \
			compare/--markdown | compare/--report | compare/--backends | compare/--with | \
			compare/--until | compare/--sweep | compare/--max-time | \
			compare/--warmup | compare/--setup | \
			compare/--prepare | compare/--cleanup | compare/--pin | compare/--runs | \
			compare/--json | */--pool-dir | */--pool-size | \
			run/--backend | run/-[bds] | run/--backend-path | \
			run/--fork | run/--library | run/--log-file | \
			run/--log-level | run/--stats-file | run/--profile-file | \
			backends/-[cds] | backends/--check | doctor/-[bdps] | \
			doctor/--backend | doctor/--pid | profile/-[nos] | \
			profile/--top | profile/--output | \
			profile/--speedscope | record/-[bdos] | \
			record/--backend | record/--output | record/--sample | \
			replay/-[bdjnrsw] | trace/-[or] | trace/--export | \
			trace/--output | trace/--report | trace/--sort | \
			replay/--backends | \
			replay/--with | replay/--runs | replay/--json | \
			replay/--report | replay/--speed | \
			stat/-o | stat/--output | top/-[dnst] | \
			top/--delay | top/--count | top/--sort | top/--tree | \
			ctl/-t | ctl/--timeout)
			((i++))
			continue
			;;
		*/-*) continue ;;
		esac
		break
	done
	if ((i < COMP_CWORD)) && [[ $command != help && $command != backends &&
		$command != profile && $command != trace &&
		$command != replay &&
		$command != stat && $command != top && $command != ctl ]]; then
		declare -F _command_offset >/dev/null && _command_offset "$i"
		return
	fi
	case $command/$before in
	top/-s | top/--sort)
		mapfile -t COMPREPLY < <(compgen -W \
			'committed peak blocks calls purged pid name' -- "$word")
		return
		;;
	top/-[dn] | top/--delay | top/--count | ctl/-t | ctl/--timeout) return ;;
	top/-t | top/--tree)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(cd /proc && echo [0-9]*)" -- "$word")
		return
		;;
	stat/-o | stat/--output)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	*/-d | */--pool-dir | */--backend-path)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return
		;;
	compare/-[jpr] | compare/--plan | compare/--json | compare/--csv | compare/--markdown | \
		compare/--report | profile/-[os] | profile/--output | \
		profile/--speedscope | record/-o | record/--output | \
		trace/-[or] | trace/--output | trace/--report | \
		replay/-[jr] | replay/--json | replay/--report | \
		*/--library | */--log-file | */--stats-file | */--profile-file)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	run/-b | run/--backend | record/-b | record/--backend | \
		replay/-[bw] | replay/--backends | replay/--with | \
		doctor/-b | doctor/--backend | compare/-[bw] | \
		compare/--backends | compare/--with | backends/-c | backends/--check)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(vmmalloc backends 2>/dev/null | awk 'NR > 1 { print $1 }')" \
			-- "$word")
		return
		;;
	replay/--speed)
		mapfile -t COMPREPLY < <(compgen -W 'max recorded' -- "$word")
		return
		;;
	trace/--export)
		mapfile -t COMPREPLY < <(compgen -W 'csv speedscope pprof' -- "$word")
		return
		;;
	trace/--sort)
		mapfile -t COMPREPLY < <(compgen -W 'peak end allocated' -- "$word")
		return
		;;
	*/--commit)
		mapfile -t COMPREPLY < <(compgen -W 'all touch' -- "$word")
		return
		;;
	*/--fork)
		mapfile -t COMPREPLY < <(compgen -W '0 1 2 3' -- "$word")
		return
		;;
	*/-p | */--pid)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(cd /proc && echo [0-9]*)" -- "$word")
		return
		;;
	compare/-[ntu] | replay/-n | */--runs | */--until | */--max-time | \
		*/--warmup | */--pin | */-s | */--pool-size | \
		*/--log-level | */--limit | */--tiers | */--placement | \
		*/--pool-policy) return ;;
	esac
	case $command in
	backends) options='--check --pool-dir --pool-size --help' ;;
	compare)
		options='--backends --with --sweep --runs --until --max-time --warmup
			--setup --prepare --cleanup --pin --drop-caches
			--load --ready --metric --plan --sizes --json --csv --markdown --report --ignore-output --pool-dir --pool-size --help'
		;;
	doctor)
		options='--backend --pid --json --list --pool-dir --pool-size
			--help'
		;;
	run)
		options='--backend --core --dry-run --pool-dir --pool-size
			--tiers --placement --pool-policy --commit --limit
			--fork --fork-return
			--backend-path --stats-file --profile --profile-file
			--background --prealloc
			--huge-pages --log-level --log-file --log-stats --library
			--help'
		;;
	profile) options='--allocated --output --speedscope --top --help' ;;
	record)
		options='--backend --output --pool-dir --pool-size --sample --stacks --help'
		;;
	replay) options='--backends --json --pool-dir --pool-size --report --runs --speed
		--with --help' ;;
	stat) options='--json --openmetrics --output --help' ;;
	top) options='--delay --count --sort --tree --help' ;;
	ctl) options='--timeout --help' ;;
	trace) options='--csv --export --output --report --sort --help' ;;
	help)
		options='backends compare ctl doctor environment fork help profile record
			replay run stat top trace tuning'
		;;
	*) return ;;
	esac
	if [[ $word == -* || $command == help ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
	elif [[ $command == ctl && $before == [0-9]* ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'purge reset-peak dump profile' -- "$word")
	elif [[ $command == stat || $command == top || $command == ctl ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(cd /proc && echo [0-9]*)" -- "$word")
	elif [[ $command == profile || $command == trace || $command == replay ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	elif [[ $command != backends ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$word")
	fi
}
complete -F _vmmalloc vmmalloc
