/** The environment variables of the dashboard. */
import { variable } from './variable';

const SHORTEST = 60;
const LONGEST = 30 * 86_400;

function seconds(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < SHORTEST || number > LONGEST)
    throw new Error(`must be a whole number of seconds from ${SHORTEST} to ${LONGEST}, not "${text}"`);
  return number;
}

export const UI_VARIABLES = {
  uiIdleSeconds: variable({
    name: 'GATEWAY_UI_IDLE_SECONDS',
    fallback: 3_600,
    parse: seconds,
    meaning: 'Seconds without a page after which whoever is signed in to the dashboard is signed out.',
  }),
  uiSessionSeconds: variable({
    name: 'GATEWAY_UI_SESSION_SECONDS',
    fallback: 43_200,
    parse: seconds,
    meaning: 'Seconds after which whoever signed in to the dashboard has to sign in again, whatever they do.',
  }),
} as const;
