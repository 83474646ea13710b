// Answers of Gmail's REST API, as its documentation and its users show them; names and texts are others.

const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url');

/** `users.messages.get`, `format=full`, of a mail with two bodies and a file. */
export const INVOICE_MESSAGE = {
  id: '19a2b7c4d5e6f708',
  threadId: '19a2b7c4d5e6f708',
  labelIds: ['UNREAD', 'CATEGORY_UPDATES', 'INBOX', 'Label_4821936551'],
  snippet:
    'Hello Alice, your invoice for November is attached. Total: 49.00 €. It&#39;s due on &quot;30 November&quot;.',
  payload: {
    partId: '',
    mimeType: 'multipart/mixed',
    filename: '',
    headers: [
      { name: 'Delivered-To', value: 'alice@example.com' },
      { name: 'Return-Path', value: '<billing@shop.example>' },
      { name: 'From', value: 'Shop Billing <billing@shop.example>' },
      { name: 'To', value: 'Alice <alice@example.com>' },
      { name: 'Subject', value: 'Your invoice' },
      { name: 'Date', value: 'Fri, 20 Nov 2026 09:15:02 +0100' },
      { name: 'Message-ID', value: '<20261120091502.1234@shop.example>' },
      { name: 'MIME-Version', value: '1.0' },
      { name: 'Content-Type', value: 'multipart/mixed; boundary="000000000000a1b2c3"' },
    ],
    body: { size: 0 },
    parts: [
      {
        partId: '0',
        mimeType: 'multipart/alternative',
        filename: '',
        headers: [
          { name: 'Content-Type', value: 'multipart/alternative; boundary="000000000000d4e5f6"' },
        ],
        body: { size: 0 },
        parts: [
          {
            partId: '0.0',
            mimeType: 'text/plain',
            filename: '',
            headers: [{ name: 'Content-Type', value: 'text/plain; charset="UTF-8"' }],
            body: {
              size: 84,
              data: base64url(
                'Hello Alice,\r\n\r\nyour invoice for November is attached.\r\nTotal: 49.00 €\r\n',
              ),
            },
          },
          {
            partId: '0.1',
            mimeType: 'text/html',
            filename: '',
            headers: [{ name: 'Content-Type', value: 'text/html; charset="UTF-8"' }],
            body: { size: 64, data: base64url('<div dir="ltr">Hello <b>Alice</b></div>') },
          },
        ],
      },
      {
        partId: '1',
        mimeType: 'application/pdf',
        filename: 'invoice-2026-11.pdf',
        headers: [
          { name: 'Content-Type', value: 'application/pdf; name="invoice-2026-11.pdf"' },
          { name: 'Content-Disposition', value: 'attachment; filename="invoice-2026-11.pdf"' },
        ],
        body: { attachmentId: 'ANGjdJ8wzhk5lT', size: 48213 },
      },
    ],
  },
  sizeEstimate: 68954,
  historyId: '9853221',
  internalDate: '1795162502000',
};

/** One of HTML alone, in the charset of its sender, written to deceive. */
export const NEWSLETTER_MESSAGE = {
  id: '19a1f0e2d3c4b5a6',
  threadId: '19a1f0e2d3c4b5a6',
  labelIds: ['CATEGORY_PROMOTIONS', 'INBOX'],
  snippet: 'Grüße aus Köln',
  payload: {
    partId: '',
    mimeType: 'text/html',
    filename: '',
    headers: [
      { name: 'From', value: '"News\u202e" <news@list.example>' },
      { name: 'To', value: 'alice@example.com' },
      { name: 'Subject', value: 'Grüße\u200b' },
      { name: 'Content-Type', value: 'text/html; charset=iso-8859-1' },
    ],
    body: {
      size: 210,
      data: base64url(
        Buffer.from(
          '<html><head><title>t</title><style>p { color: red }</style></head><body><!-- hidden --><p>Gr\u00fc\u00dfe&nbsp;aus K\u00f6ln</p>' +
            '<script>alert(1)</script><p>2 &lt; 3 &amp; 5 < 7</p></body></html>',
          'latin1',
        ),
      ),
    },
  },
  internalDate: '1794900000000',
};

/** `users.labels.list`. */
export const LABELS = {
  labels: [
    {
      id: 'CHAT',
      name: 'CHAT',
      messageListVisibility: 'hide',
      labelListVisibility: 'labelHide',
      type: 'system',
    },
    { id: 'INBOX', name: 'INBOX', type: 'system' },
    {
      id: 'Label_4821936551',
      name: 'Invoices/Shops',
      messageListVisibility: 'show',
      labelListVisibility: 'labelShow',
      type: 'user',
    },
  ],
};

/** Errors by their status, as Google's error model has them. */
export const ERRORS = {
  401: {
    error: {
      code: 401,
      message:
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      errors: [
        {
          message: 'Invalid Credentials',
          domain: 'global',
          reason: 'authError',
          location: 'Authorization',
          locationType: 'header',
        },
      ],
      status: 'UNAUTHENTICATED',
    },
  },
  403: {
    error: {
      code: 403,
      message: 'Request had insufficient authentication scopes.',
      errors: [
        { message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' },
      ],
      status: 'PERMISSION_DENIED',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
          domain: 'googleapis.com',
          metadata: {
            service: 'gmail.googleapis.com',
            method: 'caribou.api.proto.MailboxService.SendMessage',
          },
        },
      ],
    },
  },
  404: {
    error: {
      code: 404,
      message: 'Requested entity was not found.',
      errors: [
        { message: 'Requested entity was not found.', domain: 'global', reason: 'notFound' },
      ],
      status: 'NOT_FOUND',
    },
  },
} as const;

/** 403 for too many requests, of the older model. */
export const RATE_LIMIT_ERROR = {
  error: {
    errors: [
      {
        domain: 'usageLimits',
        reason: 'userRateLimitExceeded',
        message: 'User-rate limit exceeded.  Retry after 2026-11-20T10:00:00.000Z',
      },
    ],
    code: 403,
    message: 'User-rate limit exceeded.  Retry after 2026-11-20T10:00:00.000Z',
  },
};

/** 403 of a project whose operator has not switched the API on. */
export const DISABLED_ERROR = {
  error: {
    code: 403,
    message:
      'Gmail API has not been used in project 123456789 before or it is disabled. Enable it by visiting the console then retry.',
    status: 'PERMISSION_DENIED',
    errors: [
      {
        message: 'Gmail API has not been used',
        domain: 'usageLimits',
        reason: 'accessNotConfigured',
      },
    ],
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'SERVICE_DISABLED',
        domain: 'googleapis.com',
      },
    ],
  },
};
