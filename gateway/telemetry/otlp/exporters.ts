/** The endpoints that traces and metrics go to: how each is, for `/metrics` and for `doctor`. */
import type { Logger } from '../../log';
import type { EndpointLook } from './endpoint-look';
import type { EndpointFigures } from './endpoint-standing';

export interface Exporter {
  /** As it may be shown. */
  readonly host: string;
  figures(): EndpointFigures;
  /** Asks it, with what it would get, whether it would take it. Bounded in time. */
  look(): Promise<EndpointLook>;
}

export interface Exporters {
  readonly all: readonly Exporter[];
  add(exporter: Exporter): void;
  /** Looks at all of them; who asks meanwhile gets the same looks. */
  look(): Promise<readonly EndpointLook[]>;
  /** Says once each what a setting is taken for, since two of them may read the same one. */
  remark(remarks: readonly string[]): void;
}

export function createExporters(logger: Logger): Exporters {
  const all: Exporter[] = [];
  const said = new Set<string>();
  let looking: Promise<readonly EndpointLook[]> | undefined;
  return {
    all,
    add: (exporter) => void all.push(exporter),
    look: () =>
      (looking ??= Promise.all(all.map((exporter) => exporter.look())).finally(() => (looking = undefined))),
    remark(remarks) {
      for (const remark of remarks) {
        if (said.has(remark)) continue;
        said.add(remark);
        logger.warn('a setting of traces and metrics is not understood', { remark });
      }
    },
  };
}
