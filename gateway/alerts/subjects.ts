/** How what an alert is about is called, where a silence names it. */

/** Digits of a key's hash, as the list of keys shows them. */
export const cutKeyHash = (hash: string): string => hash.slice(0, 12);

/** `provider/model id`, as in the log. */
export const deploymentSubject = (deployment: string): string => `deployment/${deployment}`;

export const LIVENESS = 'liveness';
export const ERROR_RATE = 'error_rate';
export const LEDGER = 'ledger';
