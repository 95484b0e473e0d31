import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './root';

/** The program that writes the template as we ship it. */
export const SHIPPED = join(ROOT, 'src', 'main.ts');

/** Every program that writes a template. */
export function allPrograms(): string[] {
  const folder = join(ROOT, 'examples');
  const examples = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .map((entry) =>
          entry.isDirectory() ? join(folder, entry.name, 'main.ts') : join(folder, entry.name),
        )
        .filter((file) => file.endsWith('.ts') && existsSync(file))
        .sort()
    : [];
  return [SHIPPED, ...examples];
}

/** In the order they are asked for a template. */
export function programsFor(template: string): string[] {
  const isNamed = (file: string): boolean =>
    [basename(file, '.ts'), basename(join(file, '..'))].includes(template);
  const [shipped = SHIPPED, ...examples] = allPrograms();
  return [...examples.filter(isNamed), shipped, ...examples.filter((file) => !isNamed(file))];
}
