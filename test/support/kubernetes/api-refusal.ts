/** An answer of the API server that is no success, as https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly string[];

  constructor(status: number, reason: string, fields: readonly string[] = []) {
    super(`${status} ${reason} ${fields.join(' ')}`);
    this.status = status;
    this.reason = reason;
    this.fields = fields;
  }

  toJSON() {
    return {
      ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' },
      ...{ message: this.message, reason: this.reason, code: this.status },
      details: { causes: this.fields.map((field) => ({ field, message: field })) },
    };
  }
}
