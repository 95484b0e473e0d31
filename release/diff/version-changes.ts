import { isObject, type Json, type JsonObject } from '../../synth/hcl/expressions';
import { code } from '../code-span';
import type { Change } from './change';
import type { Template } from './template';
import { describeDifference, written } from './value-difference';

const terraformOf = (template: Template): JsonObject => {
  const { terraform } = template.configuration.toJson();
  return isObject(terraform) ? terraform : {};
};

function providersOf(terraform: JsonObject): JsonObject {
  const value = terraform.required_providers;
  const bodies = (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isObject);
  return Object.assign({}, ...bodies) as JsonObject;
}

const differs = (one: Json | undefined, other: Json | undefined): boolean =>
  JSON.stringify(one ?? null) !== JSON.stringify(other ?? null);

/** Which Terraform and which providers may run the template. */
export function versionChanges(before: Template, after: Template): Change[] {
  const [old, now] = [terraformOf(before), terraformOf(after)];
  const [oldProviders, nowProviders] = [providersOf(old), providersOf(now)];
  const changes: Change[] = [];
  if (differs(old.required_version, now.required_version)) {
    changes.push({
      severity: 'next-start',
      title: `Terraform ${written(old.required_version)} → ${written(now.required_version)}`,
      details: ['A provisioner with another version refuses the push.'],
      todo: 'compare with the version of Terraform that your Coder servers bring along',
    });
  }
  for (const name of new Set([...Object.keys(oldProviders), ...Object.keys(nowProviders)])) {
    if (!differs(oldProviders[name], nowProviders[name])) continue;
    changes.push({
      severity: 'next-start',
      title: `provider ${code(name)}: ${providerChange(oldProviders[name], nowProviders[name])}`,
      details: [
        ...describeDifference(oldProviders[name] ?? {}, nowProviders[name] ?? {}),
        nowProviders[name] === undefined
          ? 'What it made is still in the state of existing workspaces and needs it to be removed.'
          : 'Existing workspaces are planned with the newest version that fits, from their next build on.',
      ],
      todo: 'make the lock file again (npm run preflight -- --lock)',
    });
  }
  if (differs(old.backend ?? old.cloud, now.backend ?? now.cloud)) {
    const isGone = now.backend === undefined && now.cloud === undefined;
    changes.push({
      severity: isGone ? 'next-start' : 'breaks',
      title: isGone ? 'the backend block is gone' : 'a backend block',
      details: [
        isGone
          ? 'Coder keeps the state itself.'
          : 'Coder keeps the state itself and would store an empty one: containers are left behind and delete does nothing.',
      ],
      ...(isGone ? {} : { todo: 'leave the block out' }),
    });
  }
  return [...changes, ...providerSettings(before, after)];
}

const providerChange = (before: Json | undefined, after: Json | undefined): string =>
  before === undefined ? 'added' : after === undefined ? 'removed' : 'another version or source';

function providerSettings(before: Template, after: Template): Change[] {
  const settings = (template: Template): string =>
    template.configuration
      .ofKind('provider')
      .map((block) => `${block.name} ${template.references.meaningOf(block.body)}`)
      .sort()
      .join('\n');
  if (settings(before) === settings(after)) return [];
  const bodies = (template: Template): Json =>
    Object.fromEntries(
      template.configuration
        .ofKind('provider')
        .map(({ name, body }) => [typeof body.alias === 'string' ? `${name} ${body.alias}` : name, body]),
    );
  return [
    {
      severity: 'next-start',
      title: 'settings of a provider changed',
      details: [
        ...describeDifference(bodies(before), bodies(after)),
        'A provider that talks to another server does not find there what it made before.',
      ],
    },
  ];
}
