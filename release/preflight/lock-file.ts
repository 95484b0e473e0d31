import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../terminal/fault';
import { terraformBinary, terraformVersion } from '../../terminal/terraform';
import { isObject, type Json } from '../../synth/hcl/expressions';
import { saying } from '../../terminal/progress';
import { Scratch } from '../scratch';
import type { Configuration } from '../configuration';
import { ok, type Finding, type Subject } from './check';

const CHECK = 'lock file';
const FILE = '.terraform.lock.hcl';
const PLATFORMS = ['linux_amd64', 'linux_arm64'];
const COMMAND = ['providers', 'lock', ...PLATFORMS.map((platform) => `-platform=${platform}`)];

/** Milliseconds in which two providers are downloaded for two platforms, or it is given up. */
const PATIENCE = 300_000;

/** Whether every build gets the same providers. Without the file Coder downloads them anew at each build. */
export async function checkLockFile(
  { folder, makesLock }: Subject,
  configuration: Configuration,
): Promise<Finding[]> {
  const made = makesLock ? await makeLock(folder) : undefined;
  const path = join(folder, FILE);
  if (!existsSync(path)) {
    return [
      made ?? {
        check: CHECK,
        state: 'note',
        says: `there is no ${FILE}: Coder warns at the push and looks for the newest providers that fit at every build`,
        todo: `make it where a registry can be reached: npm run preflight -- --lock, or terraform ${COMMAND.join(' ')}`,
      },
    ];
  }
  const faults = lockFaults(readFileSync(path, 'utf8'), sourcesOf(configuration));
  return [
    ...(made === undefined ? [] : [made]),
    ...faults,
    ...(made === undefined && faults.length === 0 ? [ok(CHECK, `${FILE} names every provider`)] : []),
  ];
}

async function makeLock(folder: string): Promise<Finding> {
  const notMade = (reason: string): Finding => ({
    check: CHECK,
    state: 'note',
    says: `${FILE} could not be made: ${reason}`,
    todo: `make it where terraform and a registry can be reached: terraform ${COMMAND.join(' ')}; a push works without it`,
  });
  try {
    await terraformVersion();
  } catch (fault) {
    // A whole sentence, which stands in one here.
    if (fault instanceof CliError) return notMade(fault.message.replace(/\.$/, ''));
    throw fault;
  }
  const { status, stderr, fault } = await Scratch.with((scratch) =>
    saying('Making the lock file', () =>
      scratch.run(terraformBinary(), COMMAND, {
        cwd: folder,
        timeout: PATIENCE,
        env: {
          ...process.env,
          CHECKPOINT_DISABLE: '1',
          TF_IN_AUTOMATION: '1',
          TF_CLI_ARGS: '-no-color',
          // It leaves half of what it downloads there when it is ended.
          TMPDIR: scratch.folder(),
        },
      }),
    ),
  );
  if (status === 0) return ok(CHECK, `${FILE} was made for ${PLATFORMS.join(' and ')}`);
  return notMade(reasonIn(`${fault ?? ''}${stderr}`));
}

/** What terraform says, without its box and what it repeats for each provider. */
function reasonIn(stderr: string): string {
  const text = stderr.replace(/\u001b\[[0-9;]*m|[│╷╵]/g, ' ');
  const error = /Error: ([^\n]+)/.exec(text)?.[1]?.trim();
  const unreachable = /could not connect|no such host|dial tcp|connection refused|timed? ?out/i.test(text);
  if (unreachable) return 'no registry can be reached from here';
  return error === undefined ? 'terraform gave no reason' : `terraform says "${error}"`;
}

/** Sources of the providers a template asks for: `coder/coder`. */
function sourcesOf(configuration: Configuration): string[] {
  const { terraform } = configuration.toJson();
  const value = isObject(terraform) ? terraform.required_providers : undefined;
  const bodies = (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isObject);
  return bodies
    .flatMap((body) => Object.values(body))
    .flatMap((provider) =>
      isObject(provider) && typeof provider.source === 'string' ? [provider.source] : [],
    );
}

function lockFaults(lock: string, sources: readonly string[]): Finding[] {
  const blocks = new Map(
    [...lock.matchAll(/^provider "([^"]+)" \{\n([^]*?)^\}/gm)].map(([, name, body]) => [
      name ?? '',
      body ?? '',
    ]),
  );
  return sources.flatMap((source): Finding[] => {
    const found = [...blocks].find(([name]) => name === source || name.endsWith(`/${source}`));
    if (found === undefined) {
      return [
        {
          check: CHECK,
          state: 'error',
          says: `${FILE} does not name the provider ${source}: it was made for another version of the template`,
          todo: `make it anew: npm run preflight -- --lock`,
        },
      ];
    }
    // The registry's own hashes (zh) hold for all platforms, those of one installation (h1) for one.
    const isForOne = !found[1].includes('"zh:') && (found[1].match(/"h1:/g) ?? []).length < PLATFORMS.length;
    if (!isForOne) return [];
    return [
      {
        check: CHECK,
        state: 'error',
        says: `${FILE} knows ${source} for one platform only: provisioners of another one refuse it`,
        todo: `make it for all of them: npm run preflight -- --lock`,
      },
    ];
  });
}
