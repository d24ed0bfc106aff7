//! The pages of a signed-in person, and what surrounds every page.

super::messages! {
    SKIP: "Skip to content", "本文へ移動";
    HOME: "Rekey home page", "Rekeyのトップページ";
    LANGUAGE: "Language", "言語";
    HELP: "Help", "ヘルプ";
    TERMS: "Terms of use", "利用規約";
    MAILBOX: "Dev mailbox", "開発用メールボックス";
    ASK_HELP_DESK: "Contact the help desk", "お問い合わせ窓口に連絡";
    STUCK: "Having trouble?", "お困りですか？";
    SEE_HELP: "Get help", "ヘルプを見る";
    LOADING: "Loading…", "読み込み中…";
    ERROR_PREFIX: "Error: ", "エラー：";
    SHOW: "Show", "表示";
    HIDE: "Hide", "隠す";

    NAV: "Account", "アカウント";
    OVERVIEW: "Overview", "概要";
    NAV_PASSWORD: "Password", "パスワード";
    SESSIONS: "Devices", "サインイン中の端末";
    SIGN_OUT: "Sign out", "サインアウト";
    SIGNING_OUT: "Signing out…", "サインアウト中…";

    OWNER: "Owner", "オーナー";
    SIGN_IN_WITH: "You sign in with", "サインインに使う連絡先";
    PASSWORD_CHANGED_AT: "Password last changed", "パスワードの最終変更";
    NEVER: "Not set yet", "未設定";
    SIGNED_IN_ON: "Signed in on", "サインイン中";
    CHANGE_PASSWORD: "Change password", "パスワードを変更";
    SEE_SESSIONS: "View devices", "端末を確認";
    SAFETY_TITLE: "If something looks wrong", "おかしいと思ったら";
    SAFETY_TEXT: "Sign out any device you don't recognize, then change your password. Both take effect right away.",
        "見覚えのない端末をサインアウトさせてから、パスワードを変更してください。どちらもすぐに反映されます。";

    CHANGE_LEAD: "You stay signed in here and are signed out everywhere else.",
        "この端末はそのままで、ほかの端末からはすべてサインアウトします。";
    EXPIRED: "Your password has expired. Choose a new one to continue.",
        "パスワードの有効期限が切れました。続けるには、新しいパスワードを設定してください。";
    BREACHED: "Your password was found in a data breach elsewhere. Choose a new one to continue.",
        "お使いのパスワードは、流出したパスワードの一覧にあります。続けるには、新しいパスワードを設定してください。";
    MARKED: "Choose a new password to continue. Until then, you can't do anything else here.",
        "続ける前に、新しいパスワードを設定してください。それまで、ほかの操作はできません。";
    TEMPORARY: "Your temporary password can't be used again. Choose your own password to continue.",
        "仮パスワードは使用済みです。続けるには、ご自分のパスワードを設定してください。";
    CURRENT_PASSWORD: "Current password", "現在のパスワード";
    PASSWORD_SAVED: "Password changed. You've been signed out on all other devices.",
        "パスワードを変更しました。ほかの端末からはすべてサインアウトしました。";

    SESSIONS_LEAD: "Where your account is signed in. Each browser is listed separately.",
        "アカウントにサインインしている端末です。ブラウザーごとに表示します。";
    THIS_BROWSER: "This device", "この端末";
    UNKNOWN_DEVICE: "Unknown device", "不明な端末";
    SIGNED_IN_AT: "Signed in", "サインイン";
    LAST_SEEN: "Last active", "最終利用";
    END: "Sign out", "サインアウト";
    ENDING: "Signing out…", "サインアウト中…";
    END_OTHERS: "Sign out all other devices", "ほかの端末からすべてサインアウト";
    SESSION_ENDED: "Device signed out.", "その端末をサインアウトしました。";
    OTHERS_ENDED: "All other devices signed out.", "ほかの端末からすべてサインアウトしました。";
    NO_OTHERS: "You're not signed in on any other device.", "ほかにサインイン中の端末はありません。";

    MAILBOX_TITLE: "Development mailbox", "開発用メールボックス";
    MAILBOX_LEAD: "Emails and text messages without a provider arrive here. For development only.",
        "送信サービスのないメールとSMSがここに届きます。開発専用です。";
    MAILBOX_EMPTY: "Nothing yet. Ask for a code and it appears here.",
        "まだ何もありません。確認コードをリクエストすると、ここに届きます。";
    MAILBOX_EMAIL: "Email", "メール";
    MAILBOX_SMS: "Text message", "SMS";

    NOT_FOUND_TITLE: "Page not found", "ページが見つかりません";
    NOT_FOUND_TEXT: "The address may be mistyped, or the page has moved.",
        "アドレスの入力ミスか、ページが移動したのかもしれません。";
    TO_FIRST_PAGE: "Go to home page", "トップページへ";
    TRY_AGAIN: "Try again", "もう一度試す";
}
