/** The form that says on which days of the week somebody comes from a day on. */
import { may, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { refuse } from '../refusal.ts'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { DateField, TextAreaField } from '../ui/field.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { getPlacementThatHolds } from './store.ts'
import { tokenOf } from './terms-fields.tsx'
import { WeekdaysInput, weekdaysOn, weekdaysTyped } from './weekdays.ts'
import { changeWeekdays } from './weekdays-commands.ts'
import { WeekdaysField } from './weekdays-section.tsx'
import { weekdaysOf } from './weekdays-store.ts'

export function weekdaysPages(app: App): void {
  app.get('/placements/:id/weekdays', requires('placement.manage'), async (c) => show(c, await page(c, null)))
  app.post('/placements/:id/weekdays', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: WeekdaysInput,
      kinds: { valid_from: 'date', weekdays: 'list' },
      assemble: ({ valid_from, weekdays, note }) => ({ valid_from, weekdays: weekdaysTyped(weekdays), note }),
      act: async (input, ctx) => {
        await changeWeekdays(ctx, c.req.param('id'), input)
        return `/placements/${c.req.param('id')}?done=weekdays_changed`
      },
      page: (state) => page(c, state),
    }),
  )
}

async function page(c: C, state: FormState | null) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { t } = view
  const { placement: it, versions } = await transact(ctx, async (tx) => {
    const placement = await getPlacementThatHolds(tx, c.req.param('id')!)
    const own = organisationOf(ctx.actor)
    if (!may(ctx.actor, 'placement.manage') || (placement.seller_id !== own && placement.buyer_id !== own)) {
      refuse('not_found')
    }
    return { placement, versions: await weekdaysOf(tx, placement) }
  })
  const today = ctx.clock.today()
  const from = it.valid_from > today ? it.valid_from : today
  const held = (weekdaysOn(versions, from) ?? []).map(String)
  return (
    <Layout
      view={view}
      title={t('weekdays.change')}
      lead={t('weekdays.change_lead')}
      breadcrumbs={[
        { href: '/placements', text: t('placement.list') },
        { href: `/placements/${it.id}`, text: tokenOf(view, it) },
      ]}
    >
      <Form
        action={`/placements/${it.id}/weekdays`}
        state={state ?? { values: { valid_from: from, weekdays: held }, errors: [] }}
      >
        <DateField
          name="valid_from"
          label={t('weekdays.from')}
          min={it.valid_from}
          {...(it.valid_to && { max: it.valid_to })}
        />
        <WeekdaysField />
        <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href={`/placements/${it.id}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}
