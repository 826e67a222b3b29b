import { Agent } from 'undici'

/** Connections for public questions, of their own: proxies that the environment names are for others. */
export const directAgent = new Agent({
  connections: 16,
  pipelining: 1,
  keepAliveTimeout: 30_000,
  connectTimeout: 3_000,
})
