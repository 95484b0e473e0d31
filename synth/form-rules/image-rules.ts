import { literalText, shown, valuesAt } from './block';
import type { Rule } from './rule';

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const HOST = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?';

/** Docker's grammar of image names; an image's own id will do too. */
const REFERENCE = new RegExp(
  `^(?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);
const ID = /^sha256:[0-9a-f]{64}$/;

/** Networks that every engine has, so that nobody can make them. */
const BUILT_IN = ['bridge', 'host', 'none', 'default'];

const isNetworkName = (name: string): boolean => /^\w[\w. -]*$/.test(name) && !name.endsWith(' ');

/** Names that Docker reads only when the container is made. */
export const IMAGE_RULES: readonly Rule[] = [
  {
    id: 'image/name',
    about: ['resource docker_image', 'resource docker_container'],
    check: (block) => {
      const argument = block.type === 'docker_image' ? 'name' : 'image';
      const name = block.text(argument);
      return name === undefined || REFERENCE.test(name) || (argument === 'image' && ID.test(name))
        ? undefined
        : `${argument} must be an image such as "registry.example.com/team/image:1.0", lower case but for host and tag, ` +
            `got ${shown(name)}: the build would fail`;
    },
  },
  {
    id: 'network/name',
    about: ['resource docker_network', 'resource docker_container'],
    check: (block) => {
      const isOwn = block.type === 'docker_network';
      const at = isOwn ? 'name' : 'networks_advanced.name';
      return valuesAt(block.body, at)
        .flatMap((value) => literalText(value) ?? [])
        .filter((name) => !isNetworkName(name) || (isOwn && BUILT_IN.includes(name)))
        .map((name) =>
          isOwn && BUILT_IN.includes(name)
            ? `${at} must not be one that Docker has itself, got ${shown(name)}: the build would fail, use another`
            : `${at} must be letters, digits, "_", "." and "-", got ${shown(name)}: the build would fail`,
        );
    },
  },
];
