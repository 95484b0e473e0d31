/** Scripts by which shells complete a command line: made from the commands, so that Node.js need not start at each Tab. */
import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Word {
  readonly word: string;
  readonly says: string;
}

/** What may follow some words, and which options take a value. */
interface Place {
  /** Words from the program's name to here. */
  readonly path: string;
  readonly words: readonly Word[];
  readonly options: readonly Word[];
  /** Options after which a value comes, a file as a rule. */
  readonly valued: readonly string[];
  readonly choices: readonly string[];
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function placesOf(command: Command, before = ''): Place[] {
  const path = `${before} ${command.name()}`.trim();
  const options = command.options.filter(({ hidden }) => !hidden);
  const place: Place = {
    path,
    words: command.commands.map((each) => ({ word: each.name(), says: oneLine(each.summary()) })),
    options: [
      ...options.flatMap(({ long, description }) =>
        long ? [{ word: long, says: oneLine(description) }] : [],
      ),
      { word: '--help', says: 'explain the command' },
    ],
    valued: options
      .filter((option) => option.required)
      .flatMap(({ long, short }) => [long, short].filter((flag) => flag != null)),
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
  return [place, ...command.commands.flatMap((each) => placesOf(each, path))];
}

/** Of all places but the first. */
const inner = (places: readonly Place[]): string[] => places.slice(1).map(({ path }) => path);

/** In single quotes, for bash and zsh. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** For fish, which knows \' within single quotes. */
const quotedForFish = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const WRITERS: Readonly<Record<Shell, (name: string, places: readonly Place[]) => string>> = {
  bash: (name, places) => `# ${name}: completion for bash
_${id(name)}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} at=${quoted(name)} word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${inner(places).map(quoted).join(' | ')}) at="$at $word" ;;
    esac
  done
  local words='' options='' valued=''
  case $at in
${places
  .map(
    (place) => `    ${quoted(place.path)})
      words=${quoted([...place.words.map(({ word }) => word), ...place.choices].join(' '))}
      options=${quoted(place.options.map(({ word }) => word).join(' '))}
      valued=${quoted(place.valued.join(' '))} ;;`,
  )
  .join('\n')}
  esac
  # None: bash goes on with names of files.
  COMPREPLY=()
  case " $valued " in
    *" $before "*) return ;;
  esac
  case $current in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
  esac
}
complete -o default -F _${id(name)} ${name}
`,
  zsh: (name, places) => `#compdef ${name}
# ${name}: completion for zsh
_${id(name)}() {
  local at=${quoted(name)} word before=\${words[CURRENT-1]}
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (${inner(places).map(quoted).join('|')}) at="$at $word" ;;
    esac
  done
  local -a commands options valued
  case $at in
${places
  .map(
    (place) => `    (${quoted(place.path)})
      commands=(${[...place.words, ...place.choices.map((word) => ({ word, says: '' }))].map(described).join(' ')})
      options=(${place.options.map(described).join(' ')})
      valued=(${place.valued.map(quoted).join(' ')}) ;;`,
  )
  .join('\n')}
  esac
  if (( \${valued[(Ie)$before]} )); then
    _files
  elif [[ $PREFIX == -* ]]; then
    _describe option options
  elif (( \${#commands} )); then
    _describe command commands
  else
    _files
  fi
}
if [ "$funcstack[1]" = _${id(name)} ]; then _${id(name)} "$@"; else compdef _${id(name)} ${name}; fi
`,
  fish: (name, places) => `# ${name}: completion for fish
function __${id(name)}_at
  set -l at ${quotedForFish(name)}
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${inner(places).map(quotedForFish).join(' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
complete -c ${name} -f
${places
  .flatMap(({ path, words, options, valued, choices }) => {
    const line = `complete -c ${name} -n ${quotedForFish(`__${id(name)}_at "${path}"`)}`;
    return [
      ...words.map(({ word, says }) => `${line} -a ${quotedForFish(word)} -d ${quotedForFish(says)}`),
      ...choices.map((word) => `${line} -a ${quotedForFish(word)}`),
      ...options.map(
        ({ word, says }) =>
          `${line} -l ${quotedForFish(word.slice(2))} -d ${quotedForFish(says)}${valued.includes(word) ? ' -r -F' : ''}`,
      ),
      ...(words.length + choices.length === 0 ? [`${line} -F`] : []),
    ];
  })
  .join('\n')}
`,
};

const id = (name: string): string => name.replaceAll('-', '_');

/** For zsh: what stands before the first colon is the word. */
const described = ({ word, says }: Word): string =>
  quoted(says === '' ? word : `${word.replaceAll(':', '\\:')}:${says}`);

export const completionScript = (program: Command, shell: Shell): string =>
  WRITERS[shell](program.name(), placesOf(program));
