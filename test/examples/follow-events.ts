/** What changed, by its id; what it is now is read through the API. */
export interface Change {
  kind: string;
  object_type: string;
  object_id: string;
  project_id: string | null;
}

/** What a page does with changes. */
export interface EventFollower {
  baseUrl: string;
  /** A token that is valid now. */
  getToken: () => Promise<string>;
  /** Reads everything that is shown. */
  reload: () => void;
  onChange: (change: Change) => void;
  /** Ends it. */
  signal: AbortSignal;
}

interface StreamEvent {
  id: string | undefined;
  event: string | undefined;
  data: string;
}

/** Follows what changes, and goes on where it was whenever the connection ends. */
export async function followEvents(follower: EventFollower): Promise<void> {
  let lastId = '';
  const onEvent = ({ id, event, data }: StreamEvent) => {
    if (event === 'change') follower.onChange(JSON.parse(data));
    if (event === 'reset' || (event === 'ready' && lastId === '')) follower.reload();
    lastId = id ?? lastId;
  };
  while (!follower.signal.aborted) {
    // Where the connection ends, it goes on after a pause.
    await readStream(follower, lastId, onEvent).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 1000 + Math.random() * 4000));
  }
}

async function readStream(
  { baseUrl, getToken, signal }: EventFollower,
  lastId: string,
  onEvent: (event: StreamEvent) => void,
): Promise<void> {
  const headers = new Headers({ authorization: `Bearer ${await getToken()}` });
  if (lastId !== '') headers.set('last-event-id', lastId);
  const response = await fetch(`${baseUrl}/api/events`, { headers, signal });
  if (!response.ok) throw new Error(`events cannot be followed: ${response.status}`);
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (text + piece).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) onEvent(parse(block));
  }
}

function parse(block: string): StreamEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  return { id: field('id'), event: field('event'), data: field('data') ?? '' };
}
