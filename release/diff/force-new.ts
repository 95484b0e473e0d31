import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Behaviour {
  readonly resources?: Readonly<Record<string, Readonly<Record<string, { readonly forceNew?: boolean }>>>>;
}

const PROVIDERS = join(__dirname, '..', '..', 'providers');

let known: ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** Arguments by resource type that cannot be changed in place, from the facts beside the provider schemas. */
function forceNewArguments(): ReadonlyMap<string, ReadonlySet<string>> {
  if (known !== undefined) return known;
  const files = readdirSync(PROVIDERS)
    .map((name) => join(PROVIDERS, name, 'behaviour.json'))
    .filter((file) => existsSync(file));
  known = new Map(
    files.flatMap((file) => {
      const { resources } = JSON.parse(readFileSync(file, 'utf8')) as Behaviour;
      return Object.entries(resources ?? {}).map(([type, facts]) => [
        type,
        new Set(
          Object.entries(facts)
            .filter(([, fact]) => fact.forceNew === true)
            // What is inside a block that may change in place counts for the block: "build.context" for "build".
            .map(([path]) => path.split('.')[0] ?? path),
        ),
      ]);
    }),
  );
  return known;
}

/** Whether another value of an argument makes Terraform replace the resource. */
export function forcesNew(type: string, argument: string): boolean {
  const facts = forceNewArguments().get(type);
  // Of a type nobody wrote the facts down for, the worse is assumed.
  return facts === undefined || facts.has(argument);
}
