/** docker_container: what only an apply refuses, and how a container reads back. */
import { createHash } from 'node:crypto';
import { error, type Diagnostic } from '../diagnostics';
import type { ResourceHooks } from '../provider';
import { blocksOf, canonical, textOf, Unknown, type CtyObject, type CtyValue } from '../values';
import { normalCapability, normalCpus, normalDuration } from './normal-forms';

/** What the engine sets when nothing is written. */
const ENGINE_DEFAULTS: CtyObject = {
  bridge: '',
  command: [],
  container_logs: null,
  entrypoint: [],
  env: [],
  exit_code: null,
  init: false,
  ipc_mode: 'private',
  log_driver: 'json-file',
  runtime: 'runc',
  security_opts: [],
  shm_size: 64,
  stop_signal: '',
  stop_timeout: 0,
};
const DURATIONS = ['interval', 'start_interval', 'start_period', 'timeout'];
const SHORT_ID_LENGTH = 12;
const FIRST_PORT = 32_768;

function networkData(planned: CtyObject, id: string): CtyValue {
  const named = blocksOf(planned['networks_advanced']).map(({ name }) => textOf(name));
  const octet = (parseInt(id.slice(0, 2), 16) % 250) + 2;
  return (named.length > 0 ? named : ['bridge']).map((name, index) => ({
    gateway: `172.${17 + index}.0.1`,
    global_ipv6_address: '',
    global_ipv6_prefix_length: 0,
    ip_address: `172.${17 + index}.0.${octet}`,
    ip_prefix_length: 16,
    ipv6_gateway: '',
    mac_address: `02:42:ac:${17 + index}:00:${octet.toString(16).padStart(2, '0')}`,
    network_name: name,
  }));
}

/** Values as they come back from the engine, where their form differs from what was written. */
function readBack(container: CtyObject): CtyObject {
  const { cpus, memory } = container;
  const swap = container['memory_swap'] ?? null;
  return {
    ...container,
    ...(typeof cpus === 'string' && cpus !== '' && { cpus: normalCpus(cpus) ?? cpus }),
    ...(typeof memory === 'number' && memory > 0 && swap === null && { memory_swap: 2 * memory }),
    capabilities: blocksOf(container['capabilities']).map((block) => ({
      add: Array.isArray(block['add']) ? block['add'].map((name) => normalCapability(textOf(name))) : null,
      drop: Array.isArray(block['drop']) ? block['drop'].map((name) => normalCapability(textOf(name))) : null,
    })),
    healthcheck: blocksOf(container['healthcheck']).map((block) => ({
      ...block,
      ...Object.fromEntries(
        DURATIONS.filter((name) => typeof block[name] === 'string').map((name) => [
          name,
          normalDuration(textOf(block[name])),
        ]),
      ),
    })),
  };
}

export const container: ResourceHooks = {
  computedBlocks: ['healthcheck', 'labels'],
  checkCreate: (planned) => {
    const found: Diagnostic[] = [];
    const { cpus, command } = planned;
    if (typeof cpus === 'string' && cpus !== '' && normalCpus(cpus) === undefined) {
      found.push(
        error('Unable to create container', `cpus: "${cpus}" is not a number of CPUs, e.g. "1.5"`, ['cpus']),
      );
    }
    if (Array.isArray(command)) {
      command.forEach((item, index) => {
        if (item === '' || item === null) {
          found.push(
            error('Unable to create container', 'values for command may not be nil', ['command', index]),
          );
        }
      });
    }
    return found;
  },
  fill: (planned) => {
    // The same arguments give the same id, changed ones another: like a container, but repeatable.
    const id =
      typeof planned['id'] === 'string'
        ? planned['id']
        : createHash('sha256').update(canonical(planned, true)).digest('hex');
    const fill = (name: string, value: CtyValue): CtyValue =>
      planned[name] instanceof Unknown ? value : (planned[name] ?? null);
    const defaults = Object.fromEntries(
      Object.entries(ENGINE_DEFAULTS).map(([name, value]) => [name, fill(name, value)]),
    );
    return readBack({
      ...planned,
      ...defaults,
      id,
      hostname: fill('hostname', id.slice(0, SHORT_ID_LENGTH)),
      network_data: fill('network_data', networkData(planned, id)),
      ports: blocksOf(planned['ports']).map((port, index) => ({
        ...port,
        external: port['external'] instanceof Unknown ? FIRST_PORT + index : (port['external'] ?? null),
      })),
    });
  },
};
