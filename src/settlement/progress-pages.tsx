/** A close under way, for people: the page tells its steps as they come, and without scripts it looks again by itself. */
import { streamSSE } from 'hono/streaming'
import type { Month } from '../calendar.ts'
import type { Context } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import type { Parts } from '../http/parts.ts'
import { Confirm, LinkButton } from '../ui/button.tsx'
import { Layout } from '../ui/layout.tsx'
import { LiveProgress } from '../ui/live-progress.tsx'
import { Notice } from '../ui/notice.tsx'
import { isTextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { monthOfPath } from './asked-month.ts'
import { type CloseProgress, runSteps } from './close-run.ts'
import { readProgress, startClose } from './close-run-commands.ts'

/** How long the request that begins a close waits for its end. Milliseconds. */
const patience = 2_000
/** How often a page that cannot be told looks again (seconds), and how often the close is looked at for one that can (ms). */
const lookAgain = 5
const look = 700
/** A stream of this many looks ends; the browser opens the next by itself. */
const looks = 300

export function progressPages(app: App, parts: Parts): void {
  app.post('/months/:month/close', requires('settlement.close'), async (c) => {
    const month = monthOfPath(c.req.param('month'))
    const state = await startClose(c.get('ctx'), month, parts.closesInBackground === true ? patience : null)
    return c.redirect(state === 'closed' ? `/months/${month}?done=month_closed` : `/months/${month}/progress`, 303)
  })
  app.get('/months/:month/progress', requires('settlement.read'), async (c) => {
    const month = monthOfPath(c.req.param('month'))
    if (/text\/event-stream/.test(c.req.header('accept') ?? ''))
      return parts.closesInBackground === true ? streamProgress(c, month) : tellOnce(c, month)
    const progress = await readProgress(c.get('ctx'), month)
    if (progress.state === 'closed') return c.redirect(`/months/${month}?done=month_closed`, 303)
    if (progress.state === 'none') return c.redirect(`/months/${month}`, 303)
    if (progress.state === 'running') c.header('refresh', String(lookAgain))
    return show(c, <ProgressPage view={viewFor(c)} progress={progress} />)
  })
}

function streamProgress(c: C, month: Month): Response {
  const ctx: Context = c.get('ctx')
  const { t } = viewFor(c)
  return streamSSE(c, async (stream) => {
    for (let count = 0; count < looks && !stream.aborted; count++) {
      const progress = await readProgress(ctx, month)
      if (progress.state !== 'running') {
        await stream.writeSSE({ event: 'done', data: `/months/${month}/progress` })
        return
      }
      await stream.writeSSE({ data: JSON.stringify({ done: progress.done, text: t(`month.step.${progress.step!}`) }) })
      await stream.sleep(look)
    }
  })
}

/** Where the database is given back with the answer (Workers): one look for each request, and the browser asks again. */
async function tellOnce(c: C, month: Month): Promise<Response> {
  const { t } = viewFor(c)
  const { state, done, step } = await readProgress(c.get('ctx'), month)
  const event =
    state === 'running'
      ? `retry: 2000\ndata: ${JSON.stringify({ done, text: t(`month.step.${step!}`) })}`
      : `event: done\ndata: /months/${month}/progress`
  return c.body(`${event}\n\n`, 200, { 'content-type': 'text/event-stream' })
}

function ProgressPage({ view, progress }: { view: View; progress: CloseProgress }) {
  const { t, format } = view
  const { month, state, step, done, failed } = progress
  return (
    <Layout
      view={view}
      title={t('month.closing', { month: format.month(month) })}
      breadcrumbs={[
        { href: '/months', text: t('months.title') },
        { href: `/months/${month}`, text: format.month(month) },
      ]}
    >
      {state === 'running' && (
        <LiveProgress
          source={`/months/${month}/progress`}
          label={t('month.closing', { month: format.month(month) })}
          done={done}
          of={runSteps.length}
          text={t(`month.step.${step ?? 'waiting'}`)}
        >
          {t('month.closing_text')}
        </LiveProgress>
      )}
      {state === 'interrupted' && (
        <>
          <Notice kind="warning">{t('month.interrupted')}</Notice>
          {view.can('settlement.close') && (
            <Confirm action={`/months/${month}/close`} label={t('month.close_again')} kind="primary">
              {t('month.interrupted_text')}
            </Confirm>
          )}
        </>
      )}
      {state === 'failed' && (
        <>
          <Notice kind="error">{t('month.close_failed', { reason: reasonOf(failed, month, view) })}</Notice>
          <LinkButton href={`/months/${month}`} kind="primary">
            {t('reminder.open_close')}
          </LinkButton>
        </>
      )}
    </Layout>
  )
}

/** The refusal's own sentence where it needs nothing but the month. */
function reasonOf(failed: string | null, month: string, { t, format }: View): string {
  const key = `refusal.${failed}`
  if (failed === 'bug' || !isTextKey(key)) return t('month.close_broke')
  return t(key, { month: format.month(month), expected: '' })
}
