/** What mails of every kind share. */

/** The same id for each attempt, at the domain that the mail comes from. */
export function messageIdOf(id: string, from: string): string {
  const domain = /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? 'vieta.invalid'
  return `<${id}@${domain}>`
}
