//! The door: signing in, registering, recovering.

super::messages! {
    SIGN_IN: "Sign in", "サインイン";
    SIGNING_IN: "Signing in…", "サインインしています…";
    IDENTIFIER: "Email, phone or user name", "メール、電話番号、またはユーザー名";
    PASSWORD: "Password", "パスワード";
    FORGOT_LINK: "Forgot your password?", "パスワードを忘れたとき";
    NEW_HERE: "New here?", "はじめての方は";
    CREATE_ACCOUNT: "Create an account", "アカウントを作る";
    ALREADY_REGISTERED: "Already have an account?", "アカウントをお持ちの方は";

    REGISTER_TITLE: "Create your account", "アカウントを作る";
    REGISTER_LEAD: "We send a six-digit code to make sure that the address is yours.",
        "ご本人のものか確かめるために、6桁の確認コードをお送りします。";
    REGISTER_OWNER_TITLE: "Set up Rekey", "Rekeyのはじめの設定";
    REGISTER_OWNER_LEAD: "This account will own the installation. Give an address that you can read now.",
        "このアカウントが、このシステムの持ち主になります。いま受信を確かめられる連絡先を入力してください。";
    ADDRESS: "Email address or phone number", "メールアドレスまたは電話番号";
    CONSENT: "I have read the terms and accept them.", "利用規約を読み、同意します。";
    READ_TERMS: "Read the terms", "利用規約を読む";
    SEND_CODE: "Send the code", "コードを送る";
    SENDING: "Sending…", "送信しています…";

    CODE_TITLE: "Enter the code", "確認コードを入力";
    CODE: "Six-digit code", "6桁の確認コード";
    CODE_HINT: "Blanks do not matter.", "空白が入っていてもかまいません。";
    CONTINUE: "Continue", "次へ";
    CHECKING: "Checking…", "確認しています…";
    RESEND: "Send the code again", "コードをもう一度送る";
    RESENT: "The code is on its way again. Use the one in the newest message.",
        "コードをもう一度送りました。一番新しいメッセージのコードをお使いください。";
    OTHER_ADDRESS: "Use another address", "別の連絡先を使う";
    NOTHING_ARRIVED: "Nothing arrived?", "届かないときは";

    DETAILS_TITLE: "Your name and password", "お名前とパスワード";
    GIVEN_NAME: "Given name", "名";
    FAMILY_NAME: "Family name", "姓";
    USERNAME: "User name (optional)", "ユーザー名（省略できます）";
    USERNAME_HINT: "A shorter way to sign in: letters, digits, dots, hyphens and underscores.",
        "サインインに使える短い名前です。半角の英数字、ピリオド、ハイフン、下線が使えます。";
    MAKE_ACCOUNT: "Create account", "アカウントを作成";
    SAVING: "Saving…", "保存しています…";
    REGISTERED_TITLE: "Your account is ready", "アカウントができました";
    REGISTERED_TEXT: "Sign in with the address and the password that you have just chosen.",
        "登録した連絡先と、決めたばかりのパスワードでサインインしてください。";

    FORGOT_TITLE: "Choose a new password", "パスワードを決め直す";
    FORGOT_LEAD: "Tell us who you are. If an account fits, we send it a six-digit code.",
        "アカウントを教えてください。該当するものがあれば、6桁の確認コードをお送りします。";
    FORGOT_TEMPORARY_LEAD: "Tell us who you are. If an account fits, we send it a temporary password or a code.",
        "アカウントを教えてください。該当するものがあれば、仮パスワードまたは確認コードをお送りします。";
    SEND_MESSAGE: "Send the message", "メッセージを送る";
    GOT_A_CODE: "Did the message bring a code instead?", "届いたのが確認コードだったときは";
    RECOVER_TITLE: "Check your messages", "メッセージをご確認ください";
    NEW_PASSWORD_TITLE: "Choose a new password", "新しいパスワードを決める";
    NEW_PASSWORD_LEAD: "After this you are signed out everywhere else.",
        "保存すると、ほかの端末ではすべてサインアウトします。";
    SAVE_PASSWORD: "Save password", "パスワードを保存";
    RECOVERED_TITLE: "Your password is changed", "パスワードを変更しました";
    RECOVERED_TEXT: "You are signed out everywhere. Sign in with the new password.",
        "すべての端末でサインアウトしました。新しいパスワードでサインインしてください。";
    BACK_TO_SIGN_IN: "Back to sign-in", "サインインへ戻る";

    GET_NEW_CODE: "Get a new code", "新しいコードを受け取る";
    START_AGAIN: "Start again", "最初から始める";

    NOT_ME_TITLE: "You did not change your password?", "パスワードの変更に心当たりがありませんか";
    NOT_ME_LEAD: "Then somebody else did. Freezing stops every sign-in to your account at once and ends all sessions.",
        "ほかの人が変更したおそれがあります。凍結すると、すべてのサインインがすぐに止まり、使用中の端末もサインアウトします。";
    NOT_ME_AFTER: "To use the account again, you choose a new password with a code sent to you.",
        "ふたたび使うときは、確認コードを受け取って新しいパスワードを決めます。";
    FREEZE: "Freeze my account", "アカウントを凍結する";
    FREEZING: "Freezing…", "凍結しています…";
    IT_WAS_ME: "It was me: change nothing", "自分で変更しました（何もしない）";
    FROZEN_TITLE: "Your account is frozen", "アカウントを凍結しました";
    FROZEN_TEXT: "Nobody can sign in to it now. Choose a new password to open it again.",
        "いまは誰もサインインできません。新しいパスワードを決めると、また使えます。";
    CHOOSE_NEW_PASSWORD: "Choose a new password", "新しいパスワードを決める";
}
