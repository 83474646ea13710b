/** Where a {@link TestBrowser} came to: another site, or a page. */
export interface Arrival {
  url: URL;
  /** Undefined where the site is one that the browser was told not to open. */
  status: number | undefined;
  text: string;
}

/** A browser that follows redirects and keeps cookies by host. */
export class TestBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly #stops: string;
  readonly #hosts: Readonly<Record<string, string>>;
  /** Every address it was at. */
  readonly visited: string[] = [];

  /**
   * @param stops origin that it arrives at without opening it
   * @param hosts where origins really are
   */
  constructor({ stops, hosts = {} }: { stops: string; hosts?: Readonly<Record<string, string>> }) {
    this.#stops = stops;
    this.#hosts = hosts;
  }

  /** Opens an address, and follows it to its end. */
  async open(start: string): Promise<Arrival> {
    let url = new URL(start);
    for (let step = 0; step < 15; step += 1) {
      this.visited.push(url.href);
      if (url.origin === this.#stops) return { url, status: undefined, text: '' };
      const response = await this.#get(url);
      const location = response.headers.get('location');
      if (location === null) return { url, status: response.status, text: await response.text() };
      url = new URL(location, url);
    }
    throw new Error('the browser was sent in circles');
  }

  /** The answer at one address, without following it. */
  async #get(url: URL): Promise<Response> {
    const jar = this.#cookies.get(url.origin) ?? new Map<string, string>();
    this.#cookies.set(url.origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const real = `${this.#hosts[url.origin] ?? url.origin}${url.pathname}${url.search}`;
    const response = await fetch(real, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return response;
  }
}
