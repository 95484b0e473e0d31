/** `ai-review`, as the workspace image has it: one file, without the rest of the repository. */
import { ownVersion } from '../review/own-version';
import { runCommandLine } from '../terminal/run';
import { aiReview } from './ai-review';

void runCommandLine(
  aiReview().version(ownVersion(), '-V, --version', 'show the version'),
  process.argv.slice(2),
);
