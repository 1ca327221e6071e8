/** A thread between two municipalities: what it is about and what is written. No database. */
import { z } from '@hono/zod-openapi'
import { choice, id, words } from '../http/fields.ts'

export const subjectTypes = ['referral', 'placement', 'offer'] as const
export type SubjectType = (typeof subjectTypes)[number]

/** The page of what a thread is about. */
export function subjectPage(type: SubjectType, subject_id: string): string {
  return `/${type}s/${subject_id}`
}

/** What is written, up to 4000 characters, without personal codes. */
export const note = () => words(4000)

export const MessageInput = z.strictObject({ note: note() }).openapi('MessageInput')
export type MessageInput = z.infer<typeof MessageInput>

export const FirstMessageInput = z
  .strictObject({ subject_type: choice(subjectTypes), subject_id: id().toLowerCase(), note: note() })
  .openapi('FirstMessageInput')
export type FirstMessageInput = z.infer<typeof FirstMessageInput>

// ---- as the API answers it

const summary = {
  id: id(),
  subject_type: choice(subjectTypes),
  subject_id: id(),
  seller_id: id(),
  seller_name: z.string(),
  buyer_id: id(),
  buyer_name: z.string(),
  offer_title: z.string(),
  token: z.string().nullable().openapi({ description: 'The resident’s token, never a name' }),
  last_at: z.string(),
  unread: z.int().openapi({ description: 'Messages of the other party that this person has not read; 0 for machines' }),
}
export const ThreadSummary = z.object(summary).openapi('MessageThreadSummary')

export const Thread = z
  .object({
    ...summary,
    messages: z.array(
      z
        .object({
          id: id(),
          organisation_id: id(),
          organisation_name: z.string(),
          person_name: z.string().nullable().openapi({ description: 'Of the own organisation’s people only' }),
          at: z.string(),
          note: z.string(),
          read: z.boolean().openapi({ description: 'Somebody of the other party has read it' }),
          files: z.array(
            z.object({ id: id(), name: z.string(), content_type: z.string(), size: z.int() }).openapi('MessageFile'),
          ),
        })
        .openapi('Message'),
    ),
  })
  .openapi('MessageThread')
