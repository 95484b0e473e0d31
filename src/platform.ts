import { runPlatformProgram } from './platform-program';

runPlatformProgram();
