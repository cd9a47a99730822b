/** The identity wrapped by twelve words, kept on the server, which cannot open it. */
export async function keepRecovery(_words: string[]): Promise<void> {
  throw new Error('no identity yet');
}
export async function recover(_words: string[]): Promise<boolean> {
  return false;
}
