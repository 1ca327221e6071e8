/** When a seller's month falls due: so many days after its last day. No database. */
import { z } from '@hono/zod-openapi'
import { addDays, lastDay, type Month, type PlainDate } from '../calendar.ts'
import { whole } from '../http/fields.ts'

/** Days after the month's last day, each not before the one above it. */
const days = () => whole(0, 60)

export const CalendarInput = z
  .strictObject({
    record_days: days().openapi({ description: 'until when attendance is recorded' }),
    object_days: days().openapi({ description: 'until when buyers object to what was recorded' }),
    close_days: days().openapi({ description: 'when the month is closed; documents bear the day of the close (R18)' }),
    issue_days: days().openapi({
      description: 'until when the documents must be out; a month still open then is late',
    }),
    automatic: z.boolean().openapi({ description: 'the program closes the month on its day where nothing blocks it' }),
  })
  .refine(...notBefore('record_days', 'object_days'))
  .refine(...notBefore('object_days', 'close_days'))
  .refine(...notBefore('close_days', 'issue_days'))
  .openapi('SettlementCalendarInput')
export type CalendarInput = z.infer<typeof CalendarInput>

function notBefore(earlier: string, later: string) {
  return [
    (value: Record<string, unknown>) => Number(value[earlier]) <= Number(value[later]),
    { path: [later], message: 'validation.days_in_order' },
  ] as [(value: object) => boolean, { path: string[]; message: string }]
}

/** What holds for a seller that has not said otherwise. */
export const usualCalendar: CalendarInput = {
  record_days: 5,
  object_days: 8,
  close_days: 10,
  issue_days: 15,
  automatic: false,
}

export type DueDates = { record_on: PlainDate; object_on: PlainDate; close_on: PlainDate; issue_on: PlainDate }

/** The dates of one month. Calendar days: a due date may be a Sunday, and what is due may be done before. */
export function dueDates(calendar: CalendarInput, month: Month): DueDates {
  const after = (count: number) => addDays(lastDay(month), count)
  return {
    record_on: after(calendar.record_days),
    object_on: after(calendar.object_days),
    close_on: after(calendar.close_days),
    issue_on: after(calendar.issue_days),
  }
}

/** How many days before a due date one is reminded of it. */
export const reminderDays = 3

/** What one is reminded of, and whose work it is. */
export const noticeKinds = {
  record: ['delivery.record'],
  object: ['referral.request', 'settlement.close'],
  close: ['settlement.close'],
  overdue: ['settlement.close'],
  blocked: ['settlement.close'],
} as const
export type NoticeKind = keyof typeof noticeKinds

/** The page on which it is done. */
export function doneAt(kind: NoticeKind, month: string): string {
  if (kind === 'object') return `/deliveries/confirm?month=${month}`
  return kind === 'record' ? `/deliveries?month=${month}` : `/months/${month}`
}
