import type { Json } from '../hcl-expressions';
import { shown } from './block';
import type { Rule } from './rule';

const about = 'resource docker_container';

/** What Docker's provider finds out only when it makes the container: at a build, not at a push. */
export const CONTAINER_RULES: readonly Rule[] = [
  {
    id: 'container/cpus',
    about,
    check: (container) => {
      const cpus = container.text('cpus');
      if (cpus === undefined || /^(\d+\.\d*[1-9]|\d+\.0)$/.test(cpus)) return undefined;
      return (
        `cpus must be a number with a point, such as "2.0" or "1.5", got ${shown(cpus)}: ` +
        'it reads back in that form, so any other is an error or a new container at each build, use format("%.1f", …)'
      );
    },
  },
  {
    id: 'container/command',
    about,
    check: (container) => {
      const command = container.get('command');
      return Array.isArray(command) && (command as readonly Json[]).includes('')
        ? 'command must hold no empty string: the build would fail'
        : undefined;
    },
  },
];
