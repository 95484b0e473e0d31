import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { IS_PACKAGE } from '../terminal/set-up.cjs';
import { CliError } from '../terminal/fault';
import { PROJECT } from './root';

/** The program that writes the template: as we ship it, or, with an installed package, the working folder's. */
export const SHIPPED = IS_PACKAGE ? join(PROJECT, 'template.ts') : join(PROJECT, 'src', 'main.ts');

/** Where further ones lie. */
const FURTHER = join(PROJECT, IS_PACKAGE ? 'templates' : 'examples');

/** Every program that writes a template. @throws CliError when there is none */
export function allPrograms(): string[] {
  const further = existsSync(FURTHER)
    ? readdirSync(FURTHER, { withFileTypes: true })
        .map((entry) =>
          entry.isDirectory() ? join(FURTHER, entry.name, 'main.ts') : join(FURTHER, entry.name),
        )
        .filter((file) => file.endsWith('.ts') && existsSync(file))
        .sort()
    : [];
  if (IS_PACKAGE && !existsSync(SHIPPED) && further.length === 0)
    throw new CliError(
      'There is neither template.ts nor templates/*.ts here: stand in the folder of a template, ' +
        'or make one with "contractor-workspace create my-template".',
    );
  return [SHIPPED, ...further];
}

/** In the order they are asked for a template. */
export function programsFor(template: string): string[] {
  const isNamed = (file: string): boolean =>
    [basename(file, '.ts'), basename(join(file, '..'))].includes(template);
  const [shipped = SHIPPED, ...further] = allPrograms();
  return [...further.filter(isNamed), shipped, ...further.filter((file) => !isNamed(file))];
}
