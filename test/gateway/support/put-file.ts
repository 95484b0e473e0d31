import { rename, writeFile } from 'node:fs/promises';

/** Puts a file in its place whole, as a rollout does: who looks meanwhile sees the former one and never half of it. */
export async function putFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  await writeFile(next, text);
  await rename(next, path);
}
