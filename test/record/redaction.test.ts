import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { namesUser, plainCopy, replaceUserId, userFilter } from '../../src/record/index.js'

describe('namesUser', () => {
  it.each([
    'user',
    'users',
    'User',
    'userId',
    'userID',
    'UserId',
    'user_id',
    'USER_ID',
    'user-id',
    'user.id',
    'userid',
    'username',
    'userName',
    'user_name',
    'user.name',
    'userEmail',
    'user.email',
    'user.mail',
    'user.login',
    'user_uid',
    'uid',
    'login',
    'email',
    'Email',
    'e-mail',
    'mail',
    'emailAddress',
    'email_address',
    'customerId',
    'customer_id',
    'accountId',
    'account_id',
    'personId',
    'enduser',
    'enduser.id',
    'endUserId',
    'end_user_id',
    'currentUser',
    'request.user',
    'request.user.id',
    'createdByUser',
    'super_user',
    'user.handle',
    'user.key',
  ])('says yes to %s', (key) => {
    expect(namesUser(key)).toBe(true)
  })

  it.each(['userIds', 'user_ids', 'emails', 'customerIds', 'userEmails', 'usernames'])(
    'says yes to the plural %s',
    (key) => {
      expect(namesUser(key)).toBe(true)
    },
  )

  it.each([
    '',
    'userAgent',
    'user_agent',
    'user-agent',
    'useragent',
    'userCount',
    'user_count',
    'usersOnline',
    'user.role',
    'user.plan',
    'use',
    'used',
    'usage',
    'abuser',
    'superuser',
    'id',
    'name',
    'uuid',
    'guid',
    'fluid',
    'loginCount',
    'login_url',
    'emailsSent',
    'email_count',
    'mailbox',
    'voicemail',
    'gmail',
    'customer',
    'account',
    'accountType',
    'model',
    'prompt',
    'query',
    'constructor',
    '__proto__',
  ])('says no to %j', (key) => {
    expect(namesUser(key)).toBe(false)
  })
})

describe('replaceUserId', () => {
  it.each([
    ['user 1 got 401', '1', 'user P got 401'],
    ['ada and adam met Ada', 'ada', 'P and adam met Ada'],
    ['no such user: ada.', 'ada', 'no such user: P.'],
    ['"ada","ada"', 'ada', '"P","P"'],
    ['ada_1 ada-1 ada@1', 'ada', 'ada_1 P-1 P@1'],
    ['mail to ada@example.org!', 'ada@example.org', 'mail to P!'],
    ['zoë zoës', 'zoë', 'P zoës'],
    ['/u/42/424', '42', '/u/P/424'],
    ['<ada><ada>', '<ada>', 'PP'],
    ['nobody', '', 'nobody'],
    ['', 'ada', ''],
    ['aaaa', 'aa', 'aaaa'],
    ['a.*b a.b', 'a.*b', 'P a.b'],
  ])('of %j and %j gives %j', (text, userId, replaced) => {
    expect(replaceUserId(text, userId, 'P')).toBe(replaced)
  })

  it('leaves no occurrence between blanks', () => {
    const word = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', '1', '.', '@', '-') })
    fc.assert(
      fc.property(word, fc.array(word), (userId, words) => {
        const text = words.join(' ')
        const replaced = replaceUserId(` ${userId} ${text} ${userId} `, userId, '\u0000')
        expect(replaced.split(' ')).not.toContain(userId)
        if (!text.includes(userId)) expect(replaced).toBe(` \u0000 ${text} \u0000 `)
      }),
    )
  })

  it('puts the pseudonym in as it is, also one with dollar signs', () => {
    expect(replaceUserId('ada', 'ada', '$& $1')).toBe('$& $1')
  })
})

describe('userFilter', () => {
  const filter = userFilter((id) => `P(${id})`, 'ada')

  it('makes a pseudonym of what stands under a key that names a user, and of the own user everywhere', () => {
    const metadata = {
      userId: 'grace',
      nested: { email: 'g@x.org', note: 'for ada', users: ['ada', 'zoë'] },
      customer_id: 42,
      agent: 'adam',
      count: 7,
    }
    expect(plainCopy(metadata, 1000, filter)).toEqual({
      userId: 'P(grace)',
      nested: { email: 'P(g@x.org)', note: 'for P(ada)', users: ['P(ada)', 'P(zoë)'] },
      customer_id: 'P(42)',
      agent: 'adam',
      count: 7,
    })
  })

  it('looks into an object and into a Map under a key that names a user', () => {
    expect(plainCopy({ user: { id: 'grace', role: 'admin' } }, 1000, filter)).toEqual({
      user: { id: 'P(grace)', role: 'admin' },
    })
    expect(
      plainCopy(
        {
          user: new Map([
            ['id', 'grace'],
            ['role', 'admin'],
          ]),
        },
        1000,
        filter,
      ),
    ).toEqual({ user: { id: 'P(grace)', role: 'admin' } })
  })

  it('leaves the empty text, and everything else where no user is known', () => {
    expect(filter('userId', '')).toBe('')
    expect(userFilter((id) => `P(${id})`)('note', 'for ada')).toBe('for ada')
  })
})
