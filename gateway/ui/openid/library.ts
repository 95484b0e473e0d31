/** The library for OpenID Connect, loaded when somebody signs in: it is an ES module, and most processes never need it. */
export type Library = Awaited<ReturnType<typeof loadLibrary>>;

export const loadLibrary = () => import('openid-client');
