/** Runs the command line this process was started with. */
import { runCommandLine } from '../terminal/run';
import { newProgram } from './program';

void runCommandLine(newProgram(), process.argv.slice(2));
