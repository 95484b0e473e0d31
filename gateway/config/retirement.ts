/** Models come and go: under which names one answers, and which deployments end soon. */
import type { Logger } from '../log';
import type { DeploymentDocument, GatewayDocument, ModelDocument } from './document';

/** Days before the end of a deployment from which the log speaks of it. */
const NOTICE_DAYS = 60;
const DAY_MS = 86_400_000;

/** Every name a model is called by, each once, its own first. */
export const namesOf = ({ name, aliases, retired_names: retired = [] }: ModelDocument): readonly string[] => [
  name,
  ...aliases,
  ...retired.filter((each) => each !== name),
];

/** From the first moment of the day, UTC. */
export const hasEnded = ({ retires_on: day }: DeploymentDocument, now: Date): boolean =>
  day !== undefined && Date.parse(day) <= now.getTime();

/** Says which deployments end soon or have ended, as long as there is time to choose others. */
export function warnOfRetirements({ models }: GatewayDocument, logger: Logger, now: Date): void {
  for (const model of models)
    for (const deployment of model.deployments) {
      const { provider, id, retires_on: day } = deployment;
      if (day === undefined || Date.parse(day) - now.getTime() > NOTICE_DAYS * DAY_MS) continue;
      logger.warn(
        hasEnded(deployment, now)
          ? 'a provider has ended a model that the catalog still names'
          : 'a provider ends a model soon that the catalog names',
        { model: model.name, deployment: `${provider}/${id}`, retires_on: day, successor: model.successor },
      );
    }
}
