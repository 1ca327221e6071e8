/** Signing in and out, and which of one's organisations one acts for; the other pages of this module are registered here. */
import type { HttpBindings } from '@hono/node-server'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { text } from '../http/fields.ts'
import { sessionCookie } from '../http/identify.ts'
import { answerForm, formValues, show, viewFor } from '../http/pages.tsx'
import type { Parts } from '../http/parts.ts'
import { Actions, Button } from '../ui/button.tsx'
import { PasswordField, TextField } from '../ui/field.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { SignedOutLayout } from '../ui/layout.tsx'
import type { View } from '../ui/view.ts'
import { accountPages } from './account-pages.tsx'
import { lookPages } from './look-pages.tsx'
import { organisationPages } from './organisation-pages.tsx'
import { peoplePages } from './people-pages.tsx'
import { providerPages } from './provider-pages.tsx'
import { signIn, signOut, switchOrganisation } from './sessions.ts'
import { tokenPages } from './token-pages.tsx'

export function identityPages(app: App, parts: Parts): void {
  signInPages(app, parts)
  sessionPages(app, parts)
  organisationPages(app)
  lookPages(app)
  providerPages(app)
  peoplePages(app)
  accountPages(app, parts)
  tokenPages(app, parts)
}

function signInPages(app: App, parts: Parts): void {
  app.get('/sign-in', requires('public'), (c) =>
    show(c, <SignInPage view={viewFor(c)} next={nextOf(c.req.query('next'))} state={emptyForm} />),
  )
  app.post('/sign-in', requires('public'), (c) =>
    answerForm(c, {
      schema: z.object({
        email: text(200),
        password: z.string('validation.required').min(1, 'validation.required').max(200),
        next: z.string().optional(),
      }),
      kinds: { email: 'text', password: 'text' },
      act: async ({ email, password, next }) => {
        const token = await signIn(c.get('ctx'), parts.secret, {
          email,
          password,
          address: addressOf(c),
          user_agent: c.req.header('user-agent') ?? null,
        })
        setCookie(c, sessionCookie, token, {
          path: '/',
          httpOnly: true,
          sameSite: 'Lax',
          secure: parts.production,
          maxAge: 14 * 86_400,
        })
        deleteCookie(c, 'vieta_language')
        return nextOf(next)
      },
      page: (state) => (
        <SignInPage
          view={viewFor(c)}
          next={nextOf(state.values.next)}
          state={{ ...state, values: { ...state.values, password: '' } }}
        />
      ),
    }),
  )
}

function sessionPages(app: App, parts: Parts): void {
  app.post('/sign-out', requires('public'), async (c) => {
    const token = getCookie(c, sessionCookie)
    if (token !== undefined) await signOut(parts.db, parts.secret, token)
    deleteCookie(c, sessionCookie)
    return c.redirect('/sign-in', 303)
  })
  app.post('/session/organisation', requires('signed_in'), async (c) => {
    const { organisation_id } = await formValues(c)
    await switchOrganisation(
      c.get('ctx'),
      parts.secret,
      getCookie(c, sessionCookie) ?? '',
      String(organisation_id ?? ''),
    )
    // The page shown before may not be the other organisation's to see.
    return c.redirect('/', 303)
  })
  app.post('/session/theme', requires('public'), async (c) => {
    const { theme, return_to } = await formValues(c)
    setCookie(c, 'vieta_theme', theme === 'light' || theme === 'dark' ? theme : 'system', {
      path: '/',
      sameSite: 'Lax',
      maxAge: 31_536_000,
    })
    return c.redirect(nextOf(return_to), 303)
  })
}

/**
 * Where a request comes from, for counting failed attempts. A proxy's word is taken only where the connection itself comes
 * from nearby (or cannot be seen, as in a Worker): otherwise anybody could pretend to be somebody else at each attempt.
 */
function addressOf(c: C): string {
  const remote = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress
  const nearby = /^(::ffff:)?(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)|^::1$|^f[cd]/i
  if (remote !== undefined && !nearby.test(remote)) return remote
  return c.req.header('cf-connecting-ip') ?? c.req.header('x-real-ip') ?? remote ?? 'local'
}

/** Only ever an address of our own. */
function nextOf(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}

function SignInPage({ view, next, state }: { view: View; next: string; state: FormState }) {
  const { t } = view
  return (
    <SignedOutLayout view={view} title={t('identity.sign_in')}>
      <Form action="/sign-in" state={state} fields={{ next }}>
        <TextField name="email" label={t('identity.email')} type="email" autocomplete="username" />
        <PasswordField name="password" label={t('identity.password')} autocomplete="current-password" />
        <Actions>
          <Button>{t('identity.sign_in_action')}</Button>
        </Actions>
      </Form>
    </SignedOutLayout>
  )
}
