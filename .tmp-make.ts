import { startEmbeddedPostgres } from './gateway/store/embedded';
import { openDatabase } from './gateway/store/database';
import { migrate } from './gateway/store/migrate';
import { createLogger } from './gateway/log';
import { generateLedger, LARGE } from './test/ledger-size/ledger';
import { Pool } from 'pg';
(async () => {
  const rows = Number(process.argv[2]); const dir = process.argv[3];
  const s = await startEmbeddedPostgres({ dataDir: dir });
  const { host, port, user, database } = s.connection;
  console.log(`postgres:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`);
  const logger = createLogger('info');
  const db = openDatabase(s.connection, logger);
  await migrate(db, logger);
  const pool = new Pool(s.connection);
  const n = (await pool.query('select count(*)::int as n from keys')).rows[0].n;
  if (n === 0) {
    const t = Date.now();
    const run = async (text: string, values: readonly unknown[] = []) => { const t0 = Date.now(); const r = (await pool.query(text, [...values])).rows; console.log(text.trim().slice(0, 60).replace(/\n/g,' '), Date.now() - t0); return r as never; };
    await generateLedger(run, { ...LARGE, rows, keys: Math.min(20000, rows/20), people: Math.min(5000, rows/100), until: new Date(Date.now()-3*3600e3).toISOString().slice(0, 10) });
    console.log('generated', Date.now() - t);
  }
  console.log('ready');
  process.on('SIGTERM', async () => { await pool.end(); await db.close(); await s.stop(); process.exit(0); });
  setInterval(() => {}, 1e6);
})();
