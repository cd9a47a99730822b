export async function replaceIdentity(): Promise<void> {
  throw new Error('no identity yet');
}
