// What a brand pastes into its pages, with its own two values at the end: the tag's methods, which
// keep what is asked of them until the script has come. A page that goes before that leaves it to
// the next one, unless that would store something without the visitor's leave.
(function (w, d, u, o) {
  if (w.millraceTag) return;
  var t = (w.millraceTag = {q: [], o: o}), s = d.createElement('script');
  'identify track page group alias reset consent on ready'.split(' ').forEach(function (m) {
    t[m] = function () {
      t.q.push([m, [].slice.call(arguments), Date.now(), location.href]);
    };
  });
  w.addEventListener('pagehide', function () {
    try {
      var l = localStorage, c = l.getItem('millrace-consent'), q = t.q;
      if (q.length && !/"consent"/.test(JSON.stringify(q)) &&
          !(o.gpc && navigator.globalPrivacyControl) && (c ? JSON.parse(c).ok : !o.consent))
        l.setItem('millrace-early' + Math.random(), JSON.stringify(q.splice(0)));
    } catch (e) {}
  });
  s.async = 1;
  s.nonce = (d.currentScript || s).nonce;
  s.src = u;
  d.head.appendChild(s);
})(window, document, 'https://chat.example.com/tag/millrace-tag.js', {writeKey: 'WRITE_KEY'});
