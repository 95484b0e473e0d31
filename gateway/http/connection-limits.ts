/** How long a connection may take to say what it wants, so that many slow ones cannot hold the listener. */

export interface ConnectionLimits {
  /** Milliseconds for a TLS handshake, and for a request's head. */
  readonly headMs: number;
  /** Milliseconds for a whole request, its body included. */
  readonly requestMs: number;
  /** Milliseconds between two looks at all connections: a limit holds no more exactly than that. */
  readonly connectionsCheckMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headMs: 15_000,
  requestMs: 120_000,
  connectionsCheckMs: 5_000,
};
