/** Models come and go: under which names one answers, and which deployments end soon. */
import type { Logger } from '../log';
import type { GatewayDocument, ModelDocument } from './document';

/** Days before the end of a deployment from which the log speaks of it. */
const NOTICE_DAYS = 60;
const DAY_MS = 86_400_000;

/** Every name a model is called by, each once, its own first. */
export const namesOf = ({ name, aliases, retired_names: retired = [] }: ModelDocument): readonly string[] => [
  name,
  ...aliases,
  ...retired.filter((each) => each !== name),
];

/** Says which deployments end soon or have ended, as long as there is time to choose others. */
export function warnOfRetirements({ models }: GatewayDocument, logger: Logger, now: Date): void {
  for (const model of models)
    for (const { provider, id, retires_on: day } of model.deployments) {
      if (day === undefined || Date.parse(day) - now.getTime() > NOTICE_DAYS * DAY_MS) continue;
      const isOver = Date.parse(day) <= now.getTime();
      logger.warn(
        isOver
          ? 'a provider has ended a model that the catalog still names'
          : 'a provider ends a model soon that the catalog names',
        { model: model.name, deployment: `${provider}/${id}`, retires_on: day },
      );
    }
}
