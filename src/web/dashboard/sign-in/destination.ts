/** Where to go after signing in: a path of this site, never another's address. */
export function destination(): string {
  const next = new URLSearchParams(location.search).get('next') ?? '/'
  return next.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : '/'
}

/** The secret at the end of a link. It stands behind the #, which browsers send to no server. */
export function linkToken(): string {
  return location.hash.slice(1)
}
