/** Programs as users write them, and what they are answered: text of each file, `$SRC` for the project's own folder. */
export interface WrongProgram {
  readonly what: string;
  /** By name; `program.ts` is run. */
  readonly files: Readonly<Record<string, string>>;
  /** All of what stderr says; `program.ts` is where the person stands. */
  readonly says: string;
}

const IMPORT = `import { runTemplateProgram } from '$SRC/template-program';`;

export const WRONG_PROGRAMS: readonly WrongProgram[] = [
  {
    what: 'props that are wrong, at the line that gives them',
    files: {
      'program.ts': `${IMPORT}\n\ninterface Size { max: number; default: number }\n\nconst cpu: Size = { max: 8, default: 9 };\n\nrunTemplateProgram({ name: 'x', workspace: { offerAPIKey: false, cpu } as object });\n`,
    },
    says: `program.ts:7:1: runTemplateProgram: props are not valid
- "workspace.offerAPIKey" is not known: did you mean "offerApiKey"?
- "workspace.cpu" must have whole numbers 1 ≤ default ≤ max, got { max: 8, default: 9 }
`,
  },
  {
    what: 'props that are wrong, in a file the program imports',
    files: {
      'program.ts': `import { team } from './team';\n\nteam('backend');\n`,
      'team.ts': `${IMPORT}\n\ntype Name = string;\n\nexport const team = (name: Name): void =>\n  runTemplateProgram({ name, workspce: {} } as never);\n`,
    },
    says: `team.ts:6:3: runTemplateProgram: a prop is not valid
- "workspce" is not known: did you mean "workspace"?
`,
  },
  {
    what: 'an error the program throws',
    files: {
      'program.ts': `interface Team {\n  name: string;\n}\n\nconst teams: Team[] = [];\nif (teams.length === 0)\n  throw new Error('no team is named in teams.json');\n`,
    },
    says: 'program.ts:7:9: no team is named in teams.json\n',
  },
  {
    what: 'an error of the language',
    files: {
      'program.ts': `type A = string;\n\nconst names = undefined as unknown as A[];\nnames.map((name) => name);\n`,
    },
    says: "program.ts:4:7: TypeError: Cannot read properties of undefined (reading 'map')\n",
  },
  {
    what: 'a construct of ours that is used wrongly',
    files: {
      'program.ts': `import { expression } from '$SRC/../constructs/common/expression';\n\ntype A = string;\nconst a: A = '\${x}';\nexpression\`f(\${a})\`;\n`,
    },
    says: `program.ts:5:1: an expression takes plain references, got "\${x}": pass the reference without "\${…}"\n`,
  },
  {
    what: 'something thrown that is no error',
    files: { 'program.ts': `throw { reason: 'none', apiKey: 'sk-0123456789abcdef' };\n` },
    says: 'program.ts: the program threw { reason: "none", apiKey: … }: throw an Error that says what is wrong\n',
  },
  {
    what: 'a slip of the pen',
    files: { 'program.ts': `const a = 1;\nconst b = { a: 1;\n` },
    says: 'program.ts:2:17: Expected "}" but found ";"\n  const b = { a: 1;\n',
  },
  {
    what: 'a slip of the pen in a file it imports',
    files: { 'program.ts': `import './other';\n`, 'other.ts': `export const = 2;\n` },
    says: 'other.ts:1:14: Expected identifier but found "="\n  export const = 2;\n',
  },
  {
    what: 'an await where none can be',
    files: { 'program.ts': `await Promise.resolve();\n` },
    says:
      'program.ts:1:1: Top-level await is currently not supported with the "cjs" output format: ' +
      'put it into an async function, and call that\n  await Promise.resolve();\n',
  },
  {
    what: 'an import of a file that is not there',
    files: {
      'program.ts': `${IMPORT}\nimport { policy } from './polcy';\n\nrunTemplateProgram({ name: policy });\n`,
      'policy.ts': '',
    },
    says: 'program.ts:2:24: there is no file "./polcy" to import: did you mean "./policy"?\n',
  },
  {
    what: 'an import of a file that nothing resembles',
    files: { 'program.ts': `import '../nowhere/at/all';\n` },
    says: 'program.ts:1:8: there is no file "../nowhere/at/all" to import: a path is relative to the file that imports it\n',
  },
  {
    what: 'an import of a package that is not there',
    files: { 'program.ts': `import 'contractor-workspaces';\n` },
    says: 'program.ts:1:8: there is no package "contractor-workspaces": install it, or begin the path of a file with "./"\n',
  },
  {
    what: 'a promise that is rejected',
    files: {
      'program.ts': `async function main(): Promise<void> {\n  await Promise.resolve();\n  throw new Error('the list of teams cannot be read');\n}\n\nvoid main();\n`,
    },
    says: 'program.ts:3:9: the list of teams cannot be read\n',
  },
  {
    what: 'props that are wrong, later',
    files: {
      'program.ts': `${IMPORT}\n\nsetTimeout(() => {\n  runTemplateProgram({ name: 'x', outDir: 'y' } as never);\n}, 1);\nsetInterval(() => {}, 60_000);\n`,
    },
    says: `program.ts:4:3: runTemplateProgram: a prop is not valid
- "outDir" is not known: did you mean "outdir"?
`,
  },
  {
    what: 'an end of its own',
    files: { 'program.ts': `type Code = number;\nconst code: Code = 3;\nprocess.exit(code);\n` },
    says: 'program.ts:3:9: process.exit(3) ends the program early: leave it out, a program ends by itself\n',
  },
  {
    what: 'a program that declares nothing',
    files: { 'program.ts': `export const name = 'x';\n` },
    says: 'program.ts: the program declares no template: call runTemplateProgram({ name: "…" }) in it.\n',
  },
];
