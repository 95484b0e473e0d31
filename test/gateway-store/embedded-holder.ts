/**
 * A process of its own that holds an embedded Postgres: prints one line of JSON, `{pid, connection}` or `{error}`,
 * and stops the server when its standard input ends. Tests kill it or run it as another user.
 */
import { startEmbeddedPostgres } from '../../gateway/store/embedded';

async function main(dataDir: string): Promise<void> {
  try {
    const postgres = await startEmbeddedPostgres({ dataDir });
    process.stdout.write(`${JSON.stringify({ pid: postgres.pid, connection: postgres.connection })}\n`);
    process.stdin.resume().once('end', () => void postgres.stop());
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`);
  }
}

void main(process.argv[2] ?? '');
