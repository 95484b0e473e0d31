import { runProgram } from '../terminal/program';
import { currentPlatformHost } from './platform-host';
import { writePlatform, type PlatformProgramProps } from './write-platform';

export type { PlatformProgramProps } from './write-platform';

/** The main function of a platform's program. */
export function runPlatformProgram(props: PlatformProgramProps = {}): void {
  const host = currentPlatformHost();
  if (host !== undefined) return host(props);
  runProgram(() => {
    const { folder } = writePlatform(props);
    process.stdout.write(
      `wrote ${folder}\napply it: terraform -chdir=${folder} init && terraform -chdir=${folder} apply\n`,
    );
  });
}
