/** Brings a store up to date in a process of its own: `migrate-child.ts <url>`. */
import { createLogger } from '../../../gateway/log';
import { openDatabase } from '../../../gateway/store/database';
import { migrate } from '../../../gateway/store/migrate';

const logger = createLogger('info', (line) => process.stdout.write(line));
const database = openDatabase({ connectionString: process.argv[2] ?? '' }, logger);
void migrate(database, logger).finally(() => database.close());
