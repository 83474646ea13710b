/**
 * What makes any answer of a server too large, in a test as in a call; a case each. A test compares the figures with the
 * limits.
 */
export const ANSWER_LIMITS: readonly string[] = [
  'One answer, packed or unpacked, is larger than 10 MiB, or its headers than 16 KiB.',
  'What the server says of itself in the handshake is larger than 256 KiB.',
  'One message has more than 250,000 objects and arrays, or costs too much to read: each value in it costs 1, and the name of each member 3 more, and 500,000 is the most.',
  'It sent a flood before its answer: more than 1,000 messages at once or 50 a second, or more than 10 requests of its own at once or one a second.',
  'It sent more than 20,000 messages of progress at once or 50 a second.',
  'It sent more than 20 interim answers (status 1xx) to one request.',
  'Its event stream (SSE) brought more than 10 MiB at once, or 64 KiB a second, without an answer.',
  'It wrapped its answers into far more than they are: more than 1 MiB for each request and 64 bytes for each byte of them.',
];
