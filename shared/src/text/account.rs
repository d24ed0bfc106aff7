//! The desk: pages of a signed-in person, and what surrounds every page.

super::messages! {
    SKIP: "Skip to content", "本文へ移動";
    HOME: "Rekey, to the first page", "Rekey 最初のページへ";
    LANGUAGE: "Language", "言語";
    HELP: "Help", "ヘルプ";
    TERMS: "Terms", "利用規約";
    MAILBOX: "Mailbox", "受信箱";
    ASK_HELP_DESK: "Ask the help desk", "窓口に問い合わせる";
    STUCK: "Stuck?", "お困りですか";
    SEE_HELP: "See the help", "ヘルプを見る";
    LOADING: "Loading…", "読み込んでいます…";
    ERROR_PREFIX: "Error: ", "エラー：";
    SHOW: "Show", "表示";
    HIDE: "Hide", "隠す";

    NAV: "Account", "アカウント";
    OVERVIEW: "Overview", "概要";
    NAV_PASSWORD: "Password", "パスワード";
    SESSIONS: "Sessions", "サインイン中の端末";
    SIGN_OUT: "Sign out", "サインアウト";
    SIGNING_OUT: "Signing out…", "サインアウト中…";

    OWNER: "Owner of this installation", "このシステムの持ち主";
    SIGN_IN_WITH: "You sign in with", "サインインに使うもの";
    PASSWORD_CHANGED_AT: "Password set", "パスワードの設定日";
    NEVER: "Not yet", "まだありません";
    SIGNED_IN_ON: "Signed in on", "サインイン中";
    CHANGE_PASSWORD: "Change password", "パスワードを変更";
    SEE_SESSIONS: "See sessions", "端末を見る";
    SAFETY_TITLE: "If something looks wrong", "おかしいと思ったら";
    SAFETY_TEXT: "End the sessions that you do not know, then change your password. Both take effect at once.",
        "見覚えのない端末をサインアウトさせてから、パスワードを変更してください。どちらもすぐに効きます。";

    CHANGE_LEAD: "You stay signed in here and are signed out everywhere else.",
        "この端末はそのままで、ほかの端末ではすべてサインアウトします。";
    EXPIRED: "Your password has reached its age. Choose a new one, and everything else is open again.",
        "パスワードの有効期限が切れました。新しいパスワードを決めると、これまでどおり使えます。";
    MARKED: "Before you go on, please choose a new password. Until then nothing else can be done with your account.",
        "続ける前に、新しいパスワードを決めてください。それまで、ほかの操作はできません。";
    TEMPORARY: "The temporary password is used up. Choose one of your own now; until then nothing else can be done.",
        "仮パスワードは使い終わりました。ご自分のパスワードを決めてください。それまで、ほかの操作はできません。";
    CURRENT_PASSWORD: "Current password", "いまのパスワード";
    PASSWORD_SAVED: "Your password is changed. All other sessions have ended.",
        "パスワードを変更しました。ほかの端末はすべてサインアウトしました。";

    SESSIONS_LEAD: "Every browser that is signed in to your account.",
        "あなたのアカウントでサインインしているブラウザーの一覧です。";
    THIS_BROWSER: "This browser", "このブラウザー";
    UNKNOWN_DEVICE: "Unknown browser", "不明なブラウザー";
    SIGNED_IN_AT: "Signed in", "サインイン";
    LAST_SEEN: "Last seen", "最後の利用";
    END: "End", "終了する";
    ENDING: "Ending…", "終了しています…";
    END_OTHERS: "End all other sessions", "ほかの端末をすべてサインアウト";
    SESSION_ENDED: "The session has ended.", "その端末をサインアウトしました。";
    OTHERS_ENDED: "All other sessions have ended.", "ほかの端末をすべてサインアウトしました。";
    NO_OTHERS: "You are signed in nowhere else. Other browsers appear here as soon as they sign in.",
        "ほかにサインインしている端末はありません。サインインすると、ここに表示されます。";

    MAILBOX_TITLE: "Development mailbox", "開発用の受信箱";
    MAILBOX_LEAD: "Messages that would have been sent. This page exists only while no mail server is set.",
        "送られるはずだったメッセージです。メールサーバーを設定するまでの間だけ表示されます。";
    MAILBOX_EMPTY: "Nothing yet. Ask for a code and it appears here.",
        "まだ何もありません。確認コードを求めると、ここに届きます。";

    NOT_FOUND_TITLE: "There is no such page", "ページが見つかりません";
    NOT_FOUND_TEXT: "The address may be mistyped, or the page has moved.",
        "アドレスの打ち間違いか、ページが移動したのかもしれません。";
    TO_FIRST_PAGE: "To the first page", "最初のページへ";
    TRY_AGAIN: "Try again", "もう一度試す";
}
