const END = '\n\n';

/** Reads an endless stream to the end of its first event, and leaves; one that ends by itself is read whole. */
export async function readFirstEvent({ body }: Response): Promise<string> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    if (text.includes(END)) await reader.cancel();
  }
  return text;
}
