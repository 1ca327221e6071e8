/** The project's own files at run time. Node only. */
import { readFile } from 'node:fs/promises'

/** @param path relative to the project root, as in `ui/assets.ts` */
export async function readProjectFile(path: string): Promise<Uint8Array> {
  return readFile(new URL(`../${path}`, import.meta.url))
}
