declare module 'kraken-api' {
  /** The client has no types of its own. */
  export default class KrakenClient {
    constructor(key: string, secret: string, options: { url: string })
    api(method: string, parameters?: object): Promise<{ error: string[]; result: Record<string, never> }>
  }
}
