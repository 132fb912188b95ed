import { OpenAPIBackend, type Document } from 'openapi-backend';

/** Has the document once, as it is: quick ones are parsed beside that, and nobody waits for what comes of it. */
export class LateBackend extends OpenAPIBackend {
  override loadDocument(): Promise<Document> {
    return Promise.resolve((this.document = this.inputDocument as Document));
  }
}
